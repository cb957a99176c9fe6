"""A JSON schema is strict where every object is closed and requires all it has; Anthropic gets every object closed."""

from typing import Any

import pytest

from llm_gateway.translation.schemas import closed, is_strict

STRICT: dict[str, Any] = {
    "type": "object",
    "properties": {"a": {"type": "string"}},
    "required": ["a"],
    "additionalProperties": False,
}
OPEN: dict[str, Any] = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
CLOSED = {**OPEN, "additionalProperties": False}


def around(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A schema in which another stands at this place."""
    if name in {"properties", "$defs", "definitions"}:
        inner: Any = {"x": schema}
    else:
        inner = schema if name == "items" else [schema]
    outer = {"type": "array", name: inner}
    return {**outer, "required": ["x"], "additionalProperties": False} if name == "properties" else outer


PLACES = ["properties", "$defs", "definitions", "anyOf", "oneOf", "allOf", "prefixItems", "items"]


@pytest.mark.parametrize("place", PLACES)
def test_an_open_object_at_any_place_makes_a_schema_not_strict(place: str) -> None:
    assert is_strict(around(place, STRICT))
    assert not is_strict(around(place, OPEN))


@pytest.mark.parametrize("place", PLACES)
def test_an_open_object_at_any_place_is_closed(place: str) -> None:
    assert closed(around(place, OPEN)) == around(place, CLOSED)


@pytest.mark.parametrize(
    ("schema", "strict"),
    [
        (None, False),
        ({"type": "string"}, True),
        ({}, True),
        (STRICT, True),
        ({**STRICT, "required": []}, False),
        ({**STRICT, "required": ["a", "b"]}, False),
        ({**STRICT, "additionalProperties": True}, False),
        ({"type": "object", "additionalProperties": False}, True),
        ({"type": "object"}, False),
        ({"properties": {"a": {}}}, False),
        ({"properties": {}, "additionalProperties": False}, True),
    ],
)
def test_a_schema_is_strict_when_nothing_is_left_open(schema: dict[str, Any] | None, *, strict: bool) -> None:
    assert is_strict(schema) is strict


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string"},
        {"type": "object", "additionalProperties": True},
        {"type": "array", "items": True},
        {"anyOf": [True]},
        {"enum": [{"type": "object"}]},
        {"default": {"type": "object"}},
    ],
)
def test_what_says_so_itself_or_is_no_object_stays_as_it_is(schema: dict[str, Any]) -> None:
    assert closed(schema) == schema


def test_the_schema_that_was_given_is_not_changed() -> None:
    given = around("items", dict(OPEN))
    closed(given)
    assert given == around("items", OPEN)
