"""Limits how many bytes of large bodies the gateway holds in memory at a time."""

from llm_gateway.exchange.protocol_errors import TooManyLargeBodies

LARGE_BYTES = 1024 * 1024
"""Smaller bodies are not counted."""


class BodyRoom:
    """A body counts from its first byte to the end of its answer, since it may have to be sent again."""

    def __init__(self, *, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._taken = 0

    def take(self, size: int) -> None:
        """`TooManyLargeBodies` when there is no room now."""
        # One that is alone always gets in, even above the limit: it would otherwise never be answered.
        if self._taken and self._taken + size > self._most_bytes:
            raise TooManyLargeBodies(
                "as many large bodies are being answered as there is memory for; send it again in a moment",
                retry_after=1,
            )
        self._taken += size

    def give_back(self, size: int) -> None:
        self._taken -= size
