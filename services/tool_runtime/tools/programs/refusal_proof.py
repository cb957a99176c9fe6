"""By what programs of ours know a refusal of their job's proxy from the answer of a server, which can send any header.

The proxy shows a code of the reason and the host, made with a key that it shares with its job, and that is in no
request. A page that reads a refusal's headers has the code of this reason and this host, and can make no other.
"""

import hmac
import os
from typing import Protocol

REASON = "x-egress-reason"
PROOF = "x-egress-proof"
KEY_VARIABLE = "EGRESS_PROOF_KEY"
"""The variable in which a job finds the key."""


class Headers(Protocol):
    """Headers of an answer, found by their names in lower case."""

    def get(self, name: str, /) -> str | None:
        """The value of the first that is named so."""
        ...


def proof_of(key: str, reason: str, host: str) -> str:
    """`host` is empty where the proxy could not read which one was asked for."""
    return hmac.digest(key.encode(), f"{reason} {host}".encode(), "sha256").hex()


def proven_reason(headers: Headers, host: str | None) -> str | None:
    """Why the proxy has refused a request to this host; None of whatever a server answers."""
    key, reason, shown = os.environ.get(KEY_VARIABLE), headers.get(REASON), headers.get(PROOF)
    if not key or not reason or not shown:
        return None
    asked = (host or "").lower().rstrip(".")
    proofs = (proof_of(key, reason, one) for one in (asked, ""))
    is_proven = any(hmac.compare_digest(proof.encode(), shown.encode("utf-8", "replace")) for proof in proofs)
    return reason if is_proven else None
