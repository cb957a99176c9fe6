"""By what programs of ours know a refusal of their job's proxy from the answer of a server, which can send any header.

The proxy shows a code of the reason and the host, made with a key that it shares with its job, and that is in no
request. A page that reads a refusal's headers has the code of this reason and this host, and can make no other.
"""

import hmac
import os
from typing import Protocol

REASON = "x-egress-reason"
PROOF = "x-egress-proof"
WITHOUT_SECRETS = "proxy-without-secrets"
"""A header by which a client tells the proxy that no secret of the tenant's goes along; no server hears of it."""
KEY_VARIABLE = "EGRESS_PROOF_KEY"
"""The variable in which a job finds the key."""

OF_THE_PLATFORM = "llm.gateway.internal"
"""The name by which tools that call models reach the gateway."""

WORDS = {
    "malformed": "the request is not one that the proxy takes",
    "host_not_allowed": "the task's `egress` does not name this host; add it there",
    "above_ceiling": "the tenant's egress policy does not allow this host; whoever keeps the policy can add it",
    "port_not_allowed": "only the ports 80 and 443 are reached, and those of this host that an operator has opened",
    "name_unresolved": "no address was found for the host's name",
    "address_not_allowed": "the host's name leads to an address that is not public",
    "unreachable": "the host could not be connected to",
    "not_tls": "what was sent to an https address is no TLS",
    "server_name_mismatch": "the name in TLS is not the host",
    "too_many_connections": "the job has too many connections open",
    "too_many_requests": "the job has made all the requests that it may make",
    "too_many_bytes": "the job has moved all the bytes that it may move",
    "too_many_model_calls": "the call has made all the calls of models that it may make",
    "budget_exceeded": "a budget is spent, and the gateway refused the call",
    "model_not_allowed": "the call may call no model but the one that its arguments name",
    "path_not_allowed": "the gateway serves jobs at the paths of model calls alone",
    "too_slow": "nothing came for too long",
    "pipelined": "one connection takes one request",
    "job_ended": "the job has ended",
    "tls_failed": "the connection could not be made secure",
    "secret_needs_tls": "a secret is added to requests for this host, which go by https alone",
    "proxy_unavailable": "the way out of the sandbox is not there now; try again later",
    "journal_lost": "what the job asked for could not be kept",
}
"""Why the proxy refuses, where a refused tunnel has no room for its own words, and what to do about it."""


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


def told_refusal(reason: str, host: str | None) -> str:
    """The reason, what it means and the host, for whoever made the request."""
    words = WORDS.get(reason, "the proxy does not let the request through")
    if reason == "host_not_allowed" and (host or "").lower().rstrip(".") == OF_THE_PLATFORM:
        words = (
            "this name is the platform's own; only tools that call models reach it, whatever the task's `egress` names"
        )
    return f"{reason}: {words} ({host})" if host else f"{reason}: {words}"
