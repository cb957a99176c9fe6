"""A request that is refused: why, and how its client is told."""

import json

from foundation.contracts.egress.records import EgressReason
from tool_runtime.tools.programs.refusal_proof import PROOF, REASON

_STATUS = {
    EgressReason.MALFORMED: "400 Bad Request",
    EgressReason.TOO_SLOW: "408 Request Timeout",
    EgressReason.TOO_MANY_CONNECTIONS: "429 Too Many Requests",
    EgressReason.TOO_MANY_REQUESTS: "429 Too Many Requests",
    EgressReason.NAME_UNRESOLVED: "502 Bad Gateway",
    EgressReason.UNREACHABLE: "502 Bad Gateway",
    EgressReason.PROXY_UNAVAILABLE: "503 Service Unavailable",
}


class RefusedError(Exception):
    """The proxy does not make this request; `detail` is a sentence for whoever wrote the job."""

    def __init__(self, reason: EgressReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.asked: tuple[str, str] | None = None
        """The method and the target of a request whose host could not be read."""

    def answer(self, proof: str) -> bytes:
        """A whole HTTP response; the first line has the reason too, as clients show no more of a refused CONNECT.

        `proof` tells programs of ours that no server wrote it.
        """
        body = json.dumps({"error": "egress_denied", "reason": self.reason, "detail": self.detail}).encode()
        head = (
            f"HTTP/1.1 {_STATUS.get(self.reason, '403 Forbidden')}: {self.reason}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n{REASON}: {self.reason}\r\n{PROOF}: {proof}\r\nConnection: close\r\n\r\n"
        )
        return head.encode() + body


class SilentRefusal(RefusedError):
    """A refusal within a tunnel, where the client expects TLS and no words of ours."""

    def answer(self, proof: str) -> bytes:  # noqa: ARG002
        return b""


class CutError(Exception):
    """The proxy ends a request that it had let through."""

    def __init__(self, reason: EgressReason) -> None:
        super().__init__(reason)
        self.reason = reason
