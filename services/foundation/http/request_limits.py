"""How large a request may be: the bytes of its body, the characters of its Idempotency-Key; and how slow."""

from dataclasses import dataclass

from starlette.types import Receive

from foundation.domain.errors import BadRequest, PayloadTooLarge

DEFAULT_BODY_BYTES = 1_048_576

IDEMPOTENCY_HEADER = "idempotency-key"
MAX_IDEMPOTENCY_KEY = 255
"""Characters. Both doors that take such a key, of runs and of model calls, hold to it."""


class HeadTooLarge(PayloadTooLarge):
    """The line and the headers of a request have more bytes than are taken."""

    code = "head_too_large"


class RequestTooSlow(BadRequest):
    """The request did not come whole within its time."""

    code = "request_too_slow"
    retryable = True
    usual_remedy = "send the whole request without a pause, on a connection that carries it"


@dataclass(frozen=True, slots=True)
class BodyLimit:
    """The bytes that one body may have; `remedy` tells the sender of a larger one what to do."""

    most: int
    remedy: str

    def exceeded(self) -> PayloadTooLarge:
        """The error to raise for a larger body."""
        return PayloadTooLarge(f"the body is over the limit of {self.most} bytes", remedy=self.remedy)

    async def read(self, receive: Receive, *, declared: int | None = None) -> bytes | None:
        """The whole body; None when the sender left before its end. `PayloadTooLarge` above the limit or `declared`."""
        most = self.most if declared is None else min(declared, self.most)
        parts, size = [], 0
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return None
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > most:
                raise self.exceeded()
            if not message.get("more_body", False):
                return parts[0] if len(parts) == 1 else b"".join(parts)
