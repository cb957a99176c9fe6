"""Certificates of deletions: what was removed and what stays, signed by the platform, and nothing of its content."""

import json
from collections.abc import Mapping
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

_ALGORITHM = "Ed25519"
KIND = "lockstep-deletion/1"

KEPT = {
    "ledger": "amounts, models, times and ids of calls, for bookkeeping and the comparison with invoices",
    "platform_audit": "what operators did, and that this tenant was deleted",
    "audit_anchors": "hashes of the audit's heads outside of the database, which nobody can remove there",
    "people": "numbers of people whom rows of other tenants name, without subject and address",
    "backups": "copies of the database, which expire by themselves",
}
"""What stays, and why; decision 83."""

LATE = (
    "what a form or a process of before writes after this into the bucket or Redis is removed after a quarter of the"
    " time since, and a day at most; it is looked for during 30 days"
)
"""What cannot be waited for; decision 128."""


class DeletionCertificates:
    """Signs with the platform's own key, with which services know each other too."""

    def __init__(self, private_jwk: Mapping[str, Any]) -> None:
        self._key = OKPKey.import_key(dict(private_jwk))

    @property
    def public_jwk(self) -> dict[str, Any]:
        """What a certificate is verified with, by any library for JSON Web Signatures."""
        return dict(self._key.as_dict(private=False))

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A JSON Web Signature (RFC 7515) in its compact form."""
        header = {"alg": _ALGORITHM, "kid": self._key.kid, "typ": KIND}
        return jws.serialize_compact(header, json.dumps(claims).encode(), self._key, algorithms=[_ALGORITHM])

    def read(self, certificate: str) -> dict[str, Any]:
        """What a certificate says; ValueError when this key has not signed it."""
        try:
            signed = jws.deserialize_compact(certificate, self._key, algorithms=[_ALGORITHM])
        except JoseError as error:
            raise ValueError("the certificate was not signed by this platform") from error
        claims: dict[str, Any] = json.loads(signed.payload)
        return claims
