"""Where two JSON documents differ: a walk through both at once, which stops showing after so many places.

A library for patches (jsonpatch) gives operations, with moves, that a reader would have to apply to see both values; it
knows no bound, and to it `true` and `1` are equal.
"""

import json
from collections.abc import Iterator
from typing import Any

from control_plane.insight.comparisons.schemas import Change, ChangeKind, Changes
from foundation.contracts.accepted.accepted_json import pointer_of

Place = tuple[str | int, ...]

SHOWN_CHANGES = 100
SHOWN_BYTES = 1000
"""A longer value is not shown; its place and its size are."""


def changes_between(left: Any, right: Any, *, most: int = SHOWN_CHANGES) -> Changes:
    """The first `most` places in which the documents differ, in order, and how many more there are."""
    items: list[Change] = []
    more = 0
    for change in _differences(left, right, ()):
        if len(items) < most:
            items.append(change)
        else:
            more += 1
    return Changes(items=items, more=more)


def _differences(left: Any, right: Any, place: Place) -> Iterator[Change]:
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted(left.keys() | right.keys()):
            yield from _member(left, right, key, (*place, key), present=(key in left, key in right))
    elif isinstance(left, list) and isinstance(right, list):
        for index in range(max(len(left), len(right))):
            present = (index < len(left), index < len(right))
            yield from _member(left, right, index, (*place, index), present=present)
    elif not _equal(left, right):
        yield _change(ChangeKind.CHANGED, place, left, right)


def _member(left: Any, right: Any, key: Any, place: Place, *, present: tuple[bool, bool]) -> Iterator[Change]:
    match present:
        case (True, True):
            yield from _differences(left[key], right[key], place)
        case (True, False):
            yield _change(ChangeKind.REMOVED, place, left[key], None)
        case _:
            yield _change(ChangeKind.ADDED, place, None, right[key])


def _equal(left: Any, right: Any) -> bool:
    """Equal as JSON: to Python `True` is 1, while 1 and 1.0 are one number in both."""
    return isinstance(left, bool) == isinstance(right, bool) and bool(left == right)


def _change(kind: ChangeKind, place: Place, left: Any, right: Any) -> Change:
    shown_left, left_bytes = _shown(left)
    shown_right, right_bytes = _shown(right)
    return Change(
        pointer=pointer_of(place),
        kind=kind,
        left=shown_left,
        right=shown_right,
        left_bytes=left_bytes,
        right_bytes=right_bytes,
    )


def _shown(value: Any) -> tuple[Any, int | None]:
    """The value, or null and its size where it is too long to be shown."""
    size = len(json.dumps(value, ensure_ascii=False).encode())
    return (value, None) if size <= SHOWN_BYTES else (None, size)
