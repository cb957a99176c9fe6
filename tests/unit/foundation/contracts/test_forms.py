"""A form is refused with its place unless data can be checked with it in bounded time; data is checked as it says."""

import json
import time
from typing import Any

import pytest

from foundation.contracts.forms import MAX_PARTS, MAX_PATTERNS, MOST_FAULTS, data_faults, form_faults


def a_form(**members: Any) -> dict[str, Any]:
    return {"type": "object", **members}


def pointers(form: dict[str, Any]) -> list[str]:
    return [fault.pointer for fault in form_faults(form)]


def doubled(levels: int) -> dict[str, Any]:
    """A few lines that stand for two to the power of `levels` subschemas."""
    parts: dict[str, Any] = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(levels)}
    return a_form(allOf=[{"$ref": "#/$defs/d0"}], **{"$defs": {**parts, f"d{levels}": {}}})


FULL = a_form(
    title="Payment",
    properties={
        "amount": {"type": "integer", "minimum": 1, "exclusiveMaximum": 1000, "multipleOf": 5},
        "iban": {"$ref": "#/$defs/iban"},
        "other": {"$ref": "#/$defs/iban"},
        "lines": {"type": "array", "items": {"type": "string", "maxLength": 20}, "maxItems": 3, "uniqueItems": True},
        "mail": {"type": "string", "format": "email"},
    },
    required=["amount"],
    additionalProperties=False,
    **{
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": {"iban": {"type": "string", "pattern": "^[A-Z]{2}[0-9]{2}"}},
        "if": {"required": ["iban"]},
        "then": {"required": ["lines"]},
    },
)


def test_what_people_write_is_taken() -> None:
    assert form_faults(FULL) == []
    assert form_faults(a_form()) == []
    assert data_faults(FULL, {"amount": 25, "iban": "DE12", "lines": ["a"], "mail": "a@b.example"}) == []


@pytest.mark.parametrize(
    ("form", "pointer"),
    [
        ({}, "/type"),
        ({"type": "array"}, "/type"),
        (a_form(patternProperties={}), "/patternProperties"),
        (a_form(properties={"a": {"$dynamicRef": "#x"}}), "/properties/a/$dynamicRef"),
        (a_form(properties={"a/b": {"$id": "x"}}), "/properties/a~1b/$id"),
        (a_form(properties={"a": 1}), "/properties/a"),
        (a_form(properties=[]), "/properties"),
        (a_form(properties={"a": {"type": "money"}}), "/properties/a/type"),
        (a_form(required="a"), "/required"),
        (a_form(items={"not": []}), "/items/not"),
        (a_form(properties={"a": {"minLength": -1}}), "/properties/a/minLength"),
        (a_form(**{"$schema": "http://json-schema.org/draft-07/schema#"}), "/$schema"),
        (a_form(properties={"a": {"$defs": {}}}), "/properties/a/$defs"),
        (a_form(properties={"a": {"$ref": "https://example.com/s"}}), "/properties/a/$ref"),
        (a_form(properties={"a": {"$ref": "file:///etc/passwd"}}), "/properties/a/$ref"),
        (a_form(**{"$ref": "#"}), "/$ref"),
        (a_form(**{"$ref": "#/properties/a"}), "/$ref"),
        (a_form(**{"$ref": 5}), "/$ref"),
        (a_form(properties={"a": {"$ref": "#/$defs/no"}}), "/properties/a/$ref"),
        (a_form(**{"$defs": {"a": {"not": {"$ref": "#/$defs/a"}}}}), "/$defs/a/not/$ref/not/$ref"),
        (a_form(properties={"a": {"pattern": "(?=a)"}}), "/properties/a/pattern"),
        (a_form(properties={"a": {"pattern": r"(a)\1"}}), "/properties/a/pattern"),
        (a_form(properties={"a": {"pattern": "(a{1000}){1000}"}}), "/properties/a/pattern"),
        (a_form(properties={"a": {"pattern": "x" * 513}}), "/properties/a/pattern"),
    ],
)  # fmt: skip
def test_what_a_form_may_not_have_is_named_with_its_place(form: dict[str, Any], pointer: str) -> None:
    assert pointer in pointers(form)


def test_every_fault_of_the_words_is_listed_up_to_a_number() -> None:
    assert pointers(a_form(first=1, second=2)) == ["/first", "/second"]
    many = a_form(properties={f"p{n:03}": {"unknown": n} for n in range(100)})
    assert len(form_faults(many)) == MOST_FAULTS


def test_a_form_of_a_megabyte_a_deep_one_and_one_of_many_patterns_are_refused() -> None:
    [large] = form_faults(a_form(description="x" * 1_000_000))
    assert "bytes" in large.detail
    deep: dict[str, Any] = {}
    for _ in range(40):
        deep = {"not": deep}
    [nested] = form_faults(a_form(**deep))
    assert "levels" in nested.detail
    [patterns] = form_faults(a_form(properties={f"p{n}": {"pattern": "a"} for n in range(MAX_PATTERNS + 1)}))
    assert "patterns" in patterns.detail


def test_parts_are_counted_as_often_as_they_are_applied() -> None:
    assert form_faults(doubled(7)) == []
    [fault] = form_faults(doubled(60))
    assert "parts" in fault.detail
    assert int(fault.detail.split()[3]) > 2**60
    enough = a_form(properties={f"p{n}": {} for n in range(MAX_PARTS - 1)})
    assert form_faults(enough) == []
    assert form_faults(a_form(properties={f"p{n}": {} for n in range(MAX_PARTS)})) != []


@pytest.mark.parametrize(
    ("data", "faults"),
    [
        ({}, [""]),
        ({"amount": 7}, ["/amount"]),
        ({"amount": 1000, "mail": "nobody"}, ["/amount", "/mail"]),
        ({"amount": 5, "iban": "x", "lines": ["a"]}, ["/iban"]),
        ({"amount": 5, "iban": "DE12"}, [""]),
        ({"amount": 5, "lines": ["a", "a"]}, ["/lines"]),
        ({"amount": 5, "more": 1}, [""]),
        ({"amount": True}, ["/amount"]),
        ([], [""]),
        (None, [""]),
        ({"amount": float("nan")}, ["/amount"]),
    ],
)
def test_data_that_does_not_satisfy_the_form_is_refused_with_each_place(data: Any, faults: list[str]) -> None:
    assert [fault.pointer for fault in data_faults(FULL, data)] == faults


def test_data_beyond_its_bounds_is_refused_before_it_is_checked() -> None:
    [deep] = data_faults(a_form(), {"a": json.loads("[" * 40 + "]" * 40)})
    assert "32 levels" in deep.detail
    [large] = data_faults(a_form(), {"a": "x" * 70_000})
    assert "65536 bytes" in large.detail


HOSTILE = [
    (a_form(additionalProperties={"pattern": "^(a+)+$"}), {"a": "a" * 60_000 + "!"}),
    (a_form(additionalProperties={"pattern": "(x?){50}(\\w+\\d*)*y$"}), {"a": "x" * 60_000}),
    (a_form(additionalProperties={"uniqueItems": True}), {"a": [n if n % 2 else str(n) for n in range(8_000)] + [1]}),
    (
        a_form(additionalProperties={"items": {"anyOf": [{"const": n} for n in range(900)]}}),
        {"a": [str(n) for n in range(8_000)]},
    ),
]


@pytest.mark.parametrize(("form", "data"), HOSTILE)
def test_no_form_that_is_taken_makes_the_check_long(form: dict[str, Any], data: Any) -> None:
    """The bound is generous, because it is to tell bounded from exponential and not to measure."""
    assert form_faults(form) == []
    started = time.process_time()
    [fault] = data_faults(form, data)
    assert time.process_time() - started < 10
    assert len(fault.detail) <= 300
