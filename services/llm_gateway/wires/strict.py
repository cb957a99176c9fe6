"""Decoding by an allow-list: a member that stands in no table is refused with its place."""

import re
from collections.abc import Iterable
from typing import TypeVar

import msgspec

from foundation.domain.errors import BadRequest, Fault

NOTHING = frozenset({b"", b"null"})
"""How a member that is absent or null is written."""
_UNKNOWN = re.compile(r"Object contains unknown field `(.*?)`(?: - at `\$(.*)`)?$", re.DOTALL)
_OTHER = re.compile(r"(.*?)(?: - at `\$(.*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")
_T = TypeVar("_T")


def decoded(decoder: msgspec.json.Decoder[_T], raw: bytes, *, at: str) -> _T:
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
