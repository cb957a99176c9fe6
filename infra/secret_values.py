"""Makes the values of the secrets that the storage stack declares, once, in the place of their placeholders."""

import base64
import json
import secrets
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError
from joserfc.jwk import OKPKey, RSAKey

from infra.peppers import API_KEY_PEPPERS, first_pepper

SERVICE_SIGNING_KEY, SERVICE_PUBLIC_KEYS = "lockstep/service-signing-key", "lockstep/service-public-keys"
USER_SIGNING_KEY, REPLAY_KEY = "lockstep/user-signing-key", "lockstep/replay-key"
TENANT_SECRET_KEYS, TENANT_SECRET_PUBLIC_KEYS = "lockstep/tenant-secret-keys", "lockstep/tenant-secret-public-keys"
WEBHOOK_KEY = "lockstep/webhook-key"
EGRESS_SIGNING_KEY, EGRESS_PUBLIC_KEYS = "lockstep/egress-signing-key", "lockstep/egress-public-keys"
PLACEHOLDER = '{"placeholder":true}'
"""The value of a new secret, to which a random member is added; services refuse to start with it."""


def put_missing_values(client: Any) -> list[str]:
    """Replace placeholders; return the names that got a value. Both halves of a key pair are replaced together."""
    put: list[str] = []
    pairs: dict[tuple[str, str], Callable[[], tuple[str, str]]] = {
        (SERVICE_SIGNING_KEY, SERVICE_PUBLIC_KEYS): _service_keys,
        (EGRESS_SIGNING_KEY, EGRESS_PUBLIC_KEYS): _service_keys,
        (TENANT_SECRET_KEYS, TENANT_SECRET_PUBLIC_KEYS): _tenant_secret_keys,
    }
    for names, make_pair in pairs.items():
        if any(_missing(client, name) for name in names):
            for name, value in zip(names, make_pair(), strict=True):
                client.put_secret_value(SecretId=name, SecretString=value)
            put += names
    makers: dict[str, Callable[[], str]] = {
        USER_SIGNING_KEY: _user_key,
        REPLAY_KEY: _random_key,
        WEBHOOK_KEY: _random_key,
        API_KEY_PEPPERS: first_pepper,
    }
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


def _tenant_secret_keys() -> tuple[str, str]:
    key = OKPKey.generate_key("X25519", {"kid": secrets.token_hex(8), "use": "enc", "alg": "ECDH-ES"})
    return tuple(json.dumps({"keys": [key.as_dict(private=private)]}) for private in (True, False))  # type: ignore[return-value]  # of two


def _user_key() -> str:
    key = RSAKey.generate_key(2048, {"kid": secrets.token_hex(8), "use": "sig", "alg": "RS256"})
    return json.dumps(key.as_dict(private=True))


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
