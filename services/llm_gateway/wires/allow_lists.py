"""Decoding by an allow-list: a member that stands in no table is refused with its place."""

import re
from collections.abc import Container, Iterable, Iterator
from types import UnionType
from typing import Generic, TypeVar

import msgspec

from foundation.domain.errors import BadRequest, Fault

NOTHING = frozenset({b"", b"null"})
"""How a member that is absent or null is written."""
ONLY_CALLERS_TOOLS = "name tools that the caller runs"
"""What to do instead of naming a tool that the provider would run."""
# The decoder says what is wrong and where in the text of its error alone, so the place is read from there.
_UNKNOWN = re.compile(r"Object contains unknown field `(.*?)`(?: - at `\$(.*)`)?$", re.DOTALL)
_OTHER = re.compile(r"(.*?)(?: - at `\$(.*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")
_T = TypeVar("_T")


class Listed(msgspec.Struct, forbid_unknown_fields=True):
    """An object with the members that are known; one that is not looked at is text, and its bytes count."""


class _Typed(msgspec.Struct):
    """A part's other members depend on its type."""

    type: str


def decode_listed(decoder: msgspec.json.Decoder[_T], raw: bytes, *, at: str) -> _T:
    """What stands at a place of the request; `BadRequest` with the place of what is wrong or not known."""
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise refused([_fault(str(error), at)]) from error


def not_covered(place: str, what: str, *, instead: str) -> Fault:
    """A fault that says what no bound covers, and what to do."""
    return Fault(place, f"{what} is not covered by any bound; {instead}")


def refused(faults: Iterable[Fault]) -> BadRequest:
    listed = tuple(faults)
    return BadRequest("; ".join(f"{fault.pointer[1:]}: {fault.detail}" for fault in listed), faults=listed)


def unlisted_types(
    types: Iterable[str | None], listed: Container[str | None], *, at: str, what: str, instead: str
) -> Iterator[Fault]:
    """A fault for each element of the list at this place whose type is not known; `what` is an element of it."""
    for index, name in enumerate(types):
        if name not in listed:
            yield _unlisted_type(name, at=f"{at}/{index}", what=what, instead=instead)


class ListedParts(Generic[_T]):
    """A list of parts of several types, each with a table of the members that it may have.

    A part of another type is refused for its type, not for the first of its members.
    """

    def __init__(self, tables: UnionType, decoder: msgspec.json.Decoder[list[_T]], *, instead: str) -> None:
        """`decoder` reads a list of `tables`, which are told by their tags."""
        self._types = frozenset(table.__struct_config__.tag for table in tables.__args__)
        self._decoder = decoder
        self._instead = instead

    def decode(self, raw: bytes, *, at: str) -> list[_T]:
        parts = decode_listed(_typed, raw, at=at)
        for index, part in enumerate(parts):
            if part.type not in self._types:
                raise refused([_unlisted_type(part.type, at=f"{at}/{index}", what="content", instead=self._instead)])
        return decode_listed(self._decoder, raw, at=at)


def _unlisted_type(name: str | None, *, at: str, what: str, instead: str) -> Fault:
    return not_covered(f"{at}/type", f"{what} of type {name!r}", instead=instead)


_typed = msgspec.json.Decoder(list[_Typed])


def is_nothing(raw: msgspec.Raw) -> bool:
    return bytes(raw) in NOTHING


def _fault(text: str, at: str) -> Fault:
    if unknown := _UNKNOWN.fullmatch(text):
        place = f"{at}{_pointer(unknown[2])}/{_escaped(unknown[1])}"
        return not_covered(place, f"the member {unknown[1]!r}", instead="leave it out")
    match = _OTHER.fullmatch(text)
    detail, path = (text, None) if match is None else (match[1], match[2])
    return Fault(f"{at}{_pointer(path)}", detail)


def _pointer(path: str | None) -> str:
    return "".join(f"/{_escaped(name or index)}" for name, index in _STEP.findall(path or ""))


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
