"""Lists in which nothing stands twice: what repeats itself is a mistake, and is neither kept nor dropped in silence."""

from collections.abc import Hashable
from typing import TypeVar

from foundation.domain.words.quoting import quoted

Item = TypeVar("Item", bound=Hashable)


def repeated(items: list[Item]) -> list[int]:
    """The places of those that stand before them already."""
    seen: set[Item] = set()
    places = []
    for place, item in enumerate(items):
        if item in seen:
            places.append(place)
        seen.add(item)
    return places


def distinct(items: list[Item]) -> list[Item]:
    """For `AfterValidator`. Raises `ValueError` with what stands twice."""
    if places := repeated(items):
        raise ValueError(f"{quoted(str(items[places[0]])[:80])} stands twice; name each once")
    return items
