"""What a provider found, and how its members are read: each has the type that the provider says, or is refused."""

import math
from dataclasses import dataclass
from typing import Any


class OtherForm(Exception):
    """An answer is not in its provider's form; the text has the place."""


@dataclass(frozen=True)
class Found:
    """One page."""

    title: str
    url: str
    snippet: str
    score: float | None = None
    published: str | None = None


def object_at(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise OtherForm(f"{place or 'it'} is no object")
    return value


def list_at(value: dict[str, Any], name: str, place: str) -> list[Any]:
    found = value.get(name)
    if not isinstance(found, list):
        raise OtherForm(f"{place}/{name} is no list")
    return found


def text_at(value: dict[str, Any], name: str, place: str) -> str:
    found = value.get(name)
    if not isinstance(found, str):
        raise OtherForm(f"{place}/{name} is no text")
    return found


def text_or_none(value: dict[str, Any], name: str, place: str) -> str | None:
    return None if value.get(name) is None else text_at(value, name, place)


def number_or_none(value: dict[str, Any], name: str, place: str) -> float | None:
    found = value.get(name)
    if found is None:
        return None
    try:
        number = math.nan if isinstance(found, bool) or not isinstance(found, (int, float)) else float(found)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise OtherForm(f"{place}/{name} is no number")
    return number
