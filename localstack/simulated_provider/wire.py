"""What the simulated provider asks of a vendor's wire: read a request, and put an answer into that vendor's words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from simulated_provider.answer import Answer
from simulated_provider.tokens import NO_CACHE, CacheUse


@dataclass(frozen=True, slots=True)
class Asked:
    """A request in the one form that answers are made from: chat completions, whatever wire it came on."""

    body: dict[str, Any]
    include_usage: bool
    cache: CacheUse = NO_CACHE


class Wire(Protocol):
    name: str
    request_id_header: str
    id_prefix: str
    malformed: bytes
    error_event: bytes

    def read(self, body: Any, headers: dict[str, str]) -> Asked:
        """ValueError with what is wrong."""
        ...

    def whole(self, answer: Answer, request_id: str, *, with_usage: bool, absurd: bool) -> bytes:
        """The body of a plain answer."""
        ...

    def chunks(self, answer: Answer, request_id: str, *, include_usage: bool) -> Iterator[bytes]:
        """A stream up to its usage: the opening, then the pieces of the text, then the rest."""
        ...

    def ending(self, answer: Answer, request_id: str, *, with_usage: bool, absurd: bool) -> Iterator[bytes]:
        """The usage, where it is told, then the end of a stream."""
        ...

    def error(self, message: str, *, status: int) -> bytes:
        """The body of a refusal."""
        ...
