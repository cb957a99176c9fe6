"""Makes the values of the secrets that the storage stack declares, once, in the place of their placeholders."""

import base64
import json
import secrets
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError
from joserfc.jwk import OKPKey, RSAKey

SERVICE_SIGNING_KEY, SERVICE_PUBLIC_KEYS = "lockstep/service-signing-key", "lockstep/service-public-keys"
USER_SIGNING_KEY, REPLAY_KEY = "lockstep/user-signing-key", "lockstep/replay-key"
PLACEHOLDER = '{"placeholder":true}'
"""The value of a new secret, to which a random member is added; services refuse to start with it."""


def put_missing_values(client: Any) -> list[str]:
    """Replace placeholders; return the names that got a value. Both halves of a key pair are replaced together."""
    put = []
    if _missing(client, SERVICE_SIGNING_KEY) or _missing(client, SERVICE_PUBLIC_KEYS):
        private, public = _service_keys()
        client.put_secret_value(SecretId=SERVICE_SIGNING_KEY, SecretString=private)
        client.put_secret_value(SecretId=SERVICE_PUBLIC_KEYS, SecretString=public)
        put += [SERVICE_SIGNING_KEY, SERVICE_PUBLIC_KEYS]
    makers: dict[str, Callable[[], str]] = {USER_SIGNING_KEY: _user_key, REPLAY_KEY: _replay_key}
    for name, make in makers.items():
        if _missing(client, name):
            client.put_secret_value(SecretId=name, SecretString=make())
            put.append(name)
    return put


def is_placeholder(text: str) -> bool:
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        return False
    return isinstance(value, dict) and value.get("placeholder") is True


def _missing(client: Any, name: str) -> bool:
    try:
        text = client.get_secret_value(SecretId=name)["SecretString"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return True
        raise
    return is_placeholder(text)


def _service_keys() -> tuple[str, str]:
    key = OKPKey.generate_key("Ed25519", {"kid": secrets.token_hex(8), "use": "sig", "alg": "Ed25519"})
    return json.dumps(key.as_dict(private=True)), json.dumps({"keys": [key.as_dict(private=False)]})


def _user_key() -> str:
    key = RSAKey.generate_key(2048, {"kid": secrets.token_hex(8), "use": "sig", "alg": "RS256"})
    return json.dumps(key.as_dict(private=True))


def _replay_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
