"""What the simulated provider asks of a vendor's wire: read a request, and put an answer into that vendor's words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from simulated_provider.answers.answer import Answer
from simulated_provider.answers.request import Asked
from simulated_provider.answers.usage import Usage

CREATED = 1_700_000_000
"""When every answer and model was made, in seconds of the epoch: an answer depends on its request alone."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer on its way, with the request that it answers."""

    request_id: str
    asked: Asked
    answer: Answer

    def id(self, prefix: str) -> str:
        """An id of this reply's own for one of its parts."""
        return prefix + self.request_id.rpartition("_")[2].rpartition("-")[2]


@dataclass(frozen=True, slots=True)
class Chunk:
    """One or more events that leave together, and the text that was generated for them."""

    data: bytes
    said: str = ""


class Stream(Protocol):
    """One reply as events; what they number goes on from call to call."""

    def chunks(self) -> Iterator[Chunk]:
        """Up to the usage: the opening, then the pieces of the text, then the rest."""
        ...

    def ending(self, usage: Usage | None) -> list[bytes]:
        """The rest: the event that tells the usage comes first, the one that ends the stream last."""
        ...

    def failure(self) -> bytes:
        """The event that says that generating failed."""
        ...


class Wire(Protocol):
    request_id_header: str
    id_prefix: str

    def read(self, body: Any, headers: dict[str, str]) -> Asked:
        """ValueError with what is wrong."""
        ...

    def whole(self, reply: Reply, usage: Usage | None) -> bytes:
        """The body of a plain answer."""
        ...

    def error(self, message: str, *, status: int, param: str | None = None, code: str | None = None) -> bytes:
        """The body of a refusal."""
        ...


@runtime_checkable
class StreamingWire(Wire, Protocol):
    malformed: bytes

    def stream(self, reply: Reply, usage: Usage | None) -> Stream:
        """`usage` is what will be told of it, so far as the first events tell of it already."""
        ...
