"""Two translations one behind the other, with a dialect between them that nobody speaks."""

from collections.abc import Mapping
from typing import Any

from foundation.domain.errors import Fault
from llm_gateway.translation.base import EventTranslator, Translation, Untranslatable


class Chained:
    """`first` is the caller's, `second` the provider's.

    `places` are the members of the request between them that have another place in the caller's.
    """

    def __init__(self, first: Translation, second: Translation, *, places: Mapping[str, str]) -> None:
        self._first = first
        self._second = second
        self._places = places

    def request(self, body: Mapping[str, Any]) -> dict[str, Any]:
        between = self._first.request(body)
        try:
            return self._second.request(between)
        except Untranslatable as error:
            raise Untranslatable(self._placed(fault) for fault in error.faults) from error

    def whole(self, body: bytes, *, asked: Mapping[str, Any]) -> bytes:
        between = self._second.whole(body, asked=self._first.request(asked))
        return self._first.whole(between, asked=asked)

    def events(self, *, asked: Mapping[str, Any]) -> "ChainedEvents":
        between = self._second.events(asked=self._first.request(asked))
        return ChainedEvents(self._first.events(asked=asked), between)

    def _placed(self, fault: Fault) -> Fault:
        member = fault.pointer.split("/")[1]
        return Fault(self._places.get(member, fault.pointer), fault.detail)


class ChainedEvents:
    """One stream through both."""

    def __init__(self, first: EventTranslator, second: EventTranslator) -> None:
        self._first = first
        self._second = second

    def feed(self, event: bytes) -> list[bytes]:
        return self._fed(self._second.feed(event))

    def end(self, event: bytes) -> list[bytes]:
        *ending, terminal = self._second.end(event)
        return [*self._fed(ending), *self._first.end(terminal)]

    def _fed(self, events: list[bytes]) -> list[bytes]:
        return [translated for event in events for translated in self._first.feed(event)]
