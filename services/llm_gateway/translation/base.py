"""What a translation between two dialects does, and how it says that it cannot."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from foundation.domain.errors import BadRequest, Fault


class Untranslatable(BadRequest):
    """A request asks for something that the provider's dialect cannot express; its faults name the places."""

    code = "untranslatable"

    def __init__(self, faults: Iterable[Fault]) -> None:
        listed = tuple(faults)
        super().__init__("; ".join(f"{fault.pointer[1:]}: {fault.detail}" for fault in listed), faults=listed)


class EventTranslator(Protocol):
    """Translates one stream."""

    def feed(self, event: bytes) -> list[bytes]:
        """The caller's events that one whole event of the provider becomes; never given its terminal event.

        ValueError when it is malformed.
        """
        ...

    def end(self, event: bytes) -> list[bytes]:
        """The caller's last events, its own terminal one last; `event` is the provider's terminal event."""
        ...


class Translation(Protocol):
    """From a caller's dialect to a provider's, and back. It does no I/O and keeps nothing between calls."""

    def request(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The provider's request of a caller's decoded one, with the same `model` and `stream`.

        `Untranslatable` for what the other side has no word for; `BadRequest` when it is no request at all.
        """
        ...

    def whole(self, body: bytes, *, asked: Mapping[str, Any]) -> bytes:
        """The caller's body of a provider's plain 200; ValueError when it is not an answer."""
        ...

    def events(self, *, asked: Mapping[str, Any]) -> EventTranslator:
        """A translator for a new stream; `asked` is the caller's decoded request, here and above."""
        ...
