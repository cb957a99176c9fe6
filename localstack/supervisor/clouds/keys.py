"""Values of the secrets that the storage stack declares, made once and never again."""

import base64
import json
import secrets
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError
from joserfc.jwk import OKPKey, RSAKey

SIGNING, PUBLIC = "lockstep/service-signing-key", "lockstep/service-public-keys"
USER_SIGNING, REPLAY = "lockstep/user-signing-key", "lockstep/replay-key"


def put_missing(client: Any) -> list[str]:
    """Replaces placeholders; returns the names that got a value. The two halves of a key pair go together."""
    put = []
    if _missing(client, SIGNING) or _missing(client, PUBLIC):
        private, public = _service_keys()
        client.put_secret_value(SecretId=SIGNING, SecretString=private)
        client.put_secret_value(SecretId=PUBLIC, SecretString=public)
        put += [SIGNING, PUBLIC]
    makers: dict[str, Callable[[], str]] = {USER_SIGNING: _user_key, REPLAY: _replay_key}
    for name, make in makers.items():
        if _missing(client, name):
            client.put_secret_value(SecretId=name, SecretString=make())
            put.append(name)
    return put


def put_provider_key(client: Any, provider: str, value: str) -> None:
    """A key that the person has in the environment; what an earlier start stored is replaced."""
    name = f"lockstep/provider/{provider}"
    try:
        client.put_secret_value(SecretId=name, SecretString=value)
    except client.exceptions.ResourceNotFoundException:
        client.create_secret(Name=name, SecretString=value)


def _missing(client: Any, name: str) -> bool:
    try:
        text = client.get_secret_value(SecretId=name)["SecretString"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return True
        raise
    return is_placeholder(text)


def is_placeholder(text: str) -> bool:
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        return False
    return isinstance(value, dict) and value.get("placeholder") is True


def _service_keys() -> tuple[str, str]:
    key = OKPKey.generate_key("Ed25519", {"kid": secrets.token_hex(8), "use": "sig", "alg": "Ed25519"})
    return json.dumps(key.as_dict(private=True)), json.dumps({"keys": [key.as_dict(private=False)]})


def _user_key() -> str:
    key = RSAKey.generate_key(2048, {"kid": secrets.token_hex(8), "use": "sig", "alg": "RS256"})
    return json.dumps(key.as_dict(private=True))


def _replay_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
