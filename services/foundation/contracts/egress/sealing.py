"""Closes a tenant's secret so that only the tool runtime can open it (JWE, RFC 7516: ECDH-ES on X25519, A256GCM).

Who takes a secret from a tenant has the public key alone: neither the database, nor a backup of it, nor a worker that
passes the sealed text on can read the value. What it belongs to is closed in with it, so that a sealed text which was
put in the place of another, or is asked for another host, does not open.
"""

import json
from collections.abc import Mapping
from typing import Any

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey
from pydantic import Field, ValidationError

from foundation.contracts.egress.hosts import allows
from foundation.contracts.egress.policy import HostPatterns
from foundation.contracts.egress.secrets import SealedSecret, SecretName, SecretValue
from foundation.contracts.message import Message
from foundation.domain.ids import TenantId

_KEY_AGREEMENT, _ENCRYPTION = "ECDH-ES", "A256GCM"
_ALGORITHMS = [_KEY_AGREEMENT, _ENCRYPTION]


class SecretContent(Message):
    """What is closed: the value, whose it is, and the hosts that it may go to."""

    tenant_id: TenantId
    name: SecretName
    hosts: HostPatterns = Field(min_length=1)
    value: SecretValue = Field(repr=False)


class SealBrokenError(Exception):
    """The sealed text cannot be opened for what it was asked for; the text says why, without anything of the value."""


class Sealer:
    """Closes secrets with the newest public key: the first of the set."""

    def __init__(self, public_jwks: Mapping[str, Any]) -> None:
        self._key = OKPKey.import_key(dict(public_jwks["keys"][0]))

    def seal(self, content: SecretContent) -> str:
        header = {"alg": _KEY_AGREEMENT, "enc": _ENCRYPTION, "kid": self._key.kid}
        return jwe.encrypt_compact(header, content.model_dump_json().encode(), self._key, algorithms=_ALGORITHMS)


class Opener:
    """Opens secrets with whichever of the private keys each was closed for."""

    def __init__(self, private_jwks: Mapping[str, Any]) -> None:
        self._keys = KeySet.import_key_set(dict(private_jwks))  # type: ignore[arg-type]  # a parsed JSON document

    def header_text(self, secret: SealedSecret, tenant_id: TenantId) -> str:
        """The header with the value in it, for a job of this tenant. Raises `SealBrokenError`."""
        content = self._content(secret.sealed)
        if (content.tenant_id, content.name) != (tenant_id, secret.name):
            raise SealBrokenError(f"what is stored as the secret {secret.name} is another one")
        if not allows(content.hosts, secret.host):
            raise SealBrokenError(f"the secret {secret.name} may not go to {secret.host}")
        return secret.text(content.value)

    def _content(self, sealed: str) -> SecretContent:
        try:
            opened = jwe.decrypt_compact(sealed, self._keys, algorithms=_ALGORITHMS)
            return SecretContent.model_validate(json.loads(opened.plaintext or b""))
        except ValidationError:
            # Its text would quote the value.
            raise SealBrokenError("a sealed secret has content of another form") from None
        except (JoseError, ValueError) as error:
            raise SealBrokenError("a sealed secret cannot be opened: its key is gone, or it was changed") from error
