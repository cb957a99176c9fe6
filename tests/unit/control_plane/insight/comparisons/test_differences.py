"""Where two documents differ: each place once, in order, bounded, and nothing where they are equal."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_plane.insight.comparisons.differences import SHOWN_BYTES, changes_between
from control_plane.insight.comparisons.schemas import ChangeKind

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


def places(left: Any, right: Any) -> list[tuple[str, ChangeKind]]:
    return [(change.pointer, change.kind) for change in changes_between(left, right).items]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({"a": 1}, {"a": 2}, [("/a", "changed")]),
        ({"a": 1}, {"b": 1}, [("/a", "removed"), ("/b", "added")]),
        ([1, 2], [1, 2, 3], [("/2", "added")]),
        ([1, [2, 3]], [1, [2]], [("/1/1", "removed")]),
        ({"a/b": {"~": None}}, {"a/b": {"~": 0}}, [("/a~1b/~0", "changed")]),
        (1, True, [("", "changed")]),
        (0, False, [("", "changed")]),
        (1, 1.0, []),
        ({"a": None}, {}, [("/a", "removed")]),
        (None, {"a": 1}, [("", "changed")]),
    ],
)
def test_each_place_that_differs_is_told_by_its_pointer(left: Any, right: Any, expected: list[Any]) -> None:
    assert places(left, right) == expected


def test_what_is_not_shown_is_counted() -> None:
    changes = changes_between(list(range(10)), list(range(1, 11)), most=3)
    assert ([change.pointer for change in changes.items], changes.more) == (["/0", "/1", "/2"], 7)
    whole = changes_between([1, 2, 3], [2, 3, 4], most=3)
    assert (len(whole.items), whole.more) == (3, 0)


def test_a_long_value_is_told_by_its_size() -> None:
    [change] = changes_between("x" * (SHOWN_BYTES - 2), "y" * (SHOWN_BYTES - 1)).items
    assert (change.left, change.left_bytes) == ("x" * (SHOWN_BYTES - 2), None)
    assert (change.right, change.right_bytes) == (None, SHOWN_BYTES + 1)


@given(JSON)
def test_a_document_does_not_differ_from_its_copy(document: Any) -> None:
    assert places(document, copy.deepcopy(document)) == []


@given(JSON, JSON)
def test_the_other_way_round_the_same_places_differ(left: Any, right: Any) -> None:
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    assert places(right, left) == [(pointer, turned[kind]) for pointer, kind in places(left, right)]
