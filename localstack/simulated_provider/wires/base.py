"""The interface of a wire: it reads a vendor's request, and writes an answer in that vendor's form."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from simulated_provider.answers.answer import Answer
from simulated_provider.answers.request import ModelRequest
from simulated_provider.answers.usage import Usage

CREATED = 1_700_000_000
"""When every answer and model was made, in seconds of the epoch: an answer depends on its request alone."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with its id and the request that it answers."""

    request_id: str
    request: ModelRequest
    answer: Answer

    def id(self, prefix: str) -> str:
        """The id of a part of this reply: the prefix and the reply's own id."""
        return prefix + self.request_id.rpartition("_")[2].rpartition("-")[2]


@dataclass(frozen=True, slots=True)
class Chunk:
    """One or more events that are sent together, and the text that was generated for them."""

    data: bytes
    generated: str = ""


class Stream(Protocol):
    """One reply as events; their numbers continue from one method to the next."""

    def chunks(self) -> Iterator[Chunk]:
        """All events before the usage: the opening, then the pieces of the text, then the rest."""
        ...

    def ending(self, usage: Usage | None) -> list[bytes]:
        """The last events: first the one with the usage, last the one that ends the stream."""
        ...

    def failure(self) -> bytes:
        """The event of a failure while generating."""
        ...


class Wire(Protocol):
    """One vendor's form; `request_id_header` and `id_prefix` are how it names its answers."""

    request_id_header: str
    id_prefix: str

    def read(self, body: Any, headers: dict[str, str]) -> ModelRequest:
        """The request; ValueError if the vendor would refuse it."""
        ...

    def whole(self, reply: Reply, usage: Usage | None) -> bytes:
        """The body of a plain answer."""
        ...

    def error(self, message: str, *, status: int, param: str | None = None, code: str | None = None) -> bytes:
        """The body of a refusal."""
        ...


@runtime_checkable
class StreamingWire(Wire, Protocol):
    """A wire that also streams; `malformed` is an event that no client of the vendor can read, for a fault."""

    malformed: bytes

    def stream(self, reply: Reply, usage: Usage | None) -> Stream:
        """The reply as a stream; some wires report part of the `usage` in the first events already."""
        ...
