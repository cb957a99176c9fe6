"""Whatever kind of error the API's models can give is told in words of JSON; a kind without words fails here."""

import re
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core._pydantic_core import list_all_errors

from fixtures.api.unopened_apps import UNOPENED
from foundation.contracts.accepted.sentences import OWN_WORDS, SENTENCES, first_of, sentence_of_error
from foundation.contracts.definition import TaskDefinition

# By the kind of a schema in pydantic_core, and by what bounds it: the kinds of error that it can give for JSON, or for
# what stands in a path, a query or a header.
_WHOLE = {"int_type", "int_parsing", "int_parsing_size", "int_from_float"}
_MOMENT = {"datetime_type", "datetime_parsing", "datetime_from_date_parsing", "datetime_object_invalid"}
_LONG, _SHORT = {"too_long"}, {"too_short"}
ERRORS: dict[str, set[str]] = {
    **{kind: set() for kind in ("any", "default", "definitions", "definition-ref", "model-field", "nullable", "union")},
    "function-after": {"value_error", "assertion_error"},
    "function-before": {"value_error", "assertion_error"},
    "bool": {"bool_type", "bool_parsing"},
    "date": {"date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"},
    "datetime": _MOMENT,
    "datetime.tz_constraint": {"timezone_naive"},
    "decimal": {"decimal_type", "decimal_parsing", "finite_number"},
    "decimal.max_digits": {"decimal_max_digits"},
    "decimal.decimal_places": {"decimal_max_places", "decimal_whole_digits"},
    "dict": {"dict_type"},
    "dict.max_length": _LONG,
    "dict.min_length": _SHORT,
    "enum": {"enum"},
    "float": {"float_type", "float_parsing", "finite_number"},
    "int": _WHOLE,
    "int.multiple_of": {"multiple_of"},
    "list": {"list_type"},
    "list.max_length": _LONG,
    "list.min_length": _SHORT,
    "literal": {"literal_error"},
    "model": {"model_type", "model_attributes_type"},
    "model-fields": {"missing", "extra_forbidden", "invalid_key"},
    "str": {"string_type", "string_unicode"},
    "str.max_length": {"string_too_long"},
    "str.min_length": {"string_too_short"},
    "str.pattern": {"string_pattern_mismatch"},
    "tagged-union": {"union_tag_invalid", "union_tag_not_found"},
    "tuple": {"tuple_type"},
    "tuple.max_length": _LONG,
    "uuid": {"uuid_type", "uuid_parsing", "uuid_version"},
    **{
        f"{number}.{bound}": {kind}
        for number in ("int", "decimal", "float")
        for bound, kind in (
            ("ge", "greater_than_equal"),
            ("gt", "greater_than"),
            ("le", "less_than_equal"),
            ("lt", "less_than"),
        )
    },
}
BOUNDS = {bound.partition(".")[2] for bound in ERRORS if "." in bound}
_NO_SCHEMA = {"metadata", "serialization", "ref", "type", "default", "function", "cls", "expected", "members"}
PYTHON = re.compile(r"\b(Input|dict(ionary)?|tuple|str|int|bool|None|True|False|Value error|instance|valid)\b")


def kinds_of(schema: Any) -> Iterator[str]:
    """The kinds of schemas below this one, and how each is bounded."""
    if isinstance(schema, list | tuple):
        for one in schema:
            yield from kinds_of(one)
    if isinstance(schema, dict):
        if isinstance(kind := schema.get("type"), str):
            yield kind
            yield from (f"{kind}.{bound}" for bound in BOUNDS & schema.keys())
        for name, below in schema.items():
            if name not in _NO_SCHEMA:
                yield from kinds_of(below)


def routes_of(router: Any) -> Iterator[Any]:
    for route in router.routes:
        if hasattr(route, "dependant"):
            yield route
        elif hasattr(route, "original_router"):
            yield from routes_of(route.original_router)


def dependants_of(dependant: Any) -> Iterator[Any]:
    yield dependant
    for one in dependant.dependencies:
        yield from dependants_of(one)


def schemas_of(app: FastAPI) -> Iterator[Any]:
    """What reads the bodies, paths, queries and headers of an app."""
    for route in routes_of(app):
        if route.body_field:
            yield route.body_field._type_adapter.core_schema
        for one in dependants_of(route.dependant):
            for field in (*one.path_params, *one.query_params, *one.header_params):
                yield field._type_adapter.core_schema


def test_every_kind_of_error_that_the_apis_models_can_give_has_words() -> None:
    schemas = [schema for make in UNOPENED.values() for schema in schemas_of(make())]
    schemas.append(TypeAdapter(TaskDefinition).core_schema)
    assert len(schemas) > 100
    kinds = set(kinds_of(schemas)) - {"computed-field"}
    assert kinds - ERRORS.keys() == set(), "say which errors a schema of this kind can give"
    occurring = set().union(*(ERRORS[kind] for kind in kinds))
    assert occurring - SENTENCES.keys() - OWN_WORDS == set(), "errors without words"


def test_the_kinds_of_error_are_those_that_pydantic_has() -> None:
    known = {error["type"] for error in list_all_errors()}
    assert set(SENTENCES) | OWN_WORDS | set().union(*ERRORS.values()) <= known


@pytest.mark.parametrize(
    "error", [one for one in list_all_errors() if one["type"] in SENTENCES], ids=lambda e: e["type"]
)
def test_no_error_is_told_in_words_of_python(error: dict[str, Any]) -> None:
    told = sentence_of_error({"type": error["type"], "loc": ("body", "x"), "ctx": error.get("example_context") or {}})
    assert not PYTHON.search(told), told
    assert "{" not in told


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    count: int = 1
    name: str = ""
    names: list[str] = []
    more: dict[str, int] = {}
    on: bool = True


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"count": "1"}, "a whole number is needed"),
        ({"count": 1.5}, "a whole number is needed"),
        ({"name": 5}, "a text is needed"),
        ({"names": "a"}, "a list is needed"),
        ({"more": []}, "an object is needed"),
        ({"on": "yes"}, "true or false is needed"),
        ({"colour": 1}, "this member is not known here; leave it out, or see the reference for those that are"),
        ([], "an object is needed"),
    ],
)
def test_a_wrong_value_is_told_what_is_needed(body: Any, told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Body.model_validate(body)
    assert [sentence_of_error(error) for error in caught.value.errors()] == [told]


def test_what_is_missing_is_told_as_what_it_is() -> None:
    assert sentence_of_error({"type": "missing", "loc": ("query", "from")}) == "this parameter is required"
    assert sentence_of_error({"type": "missing", "loc": ("body", "from")}) == "this member is required"


def test_a_choice_is_told_in_quotation_marks_of_json() -> None:
    error = {"type": "literal_error", "loc": ("body", "x"), "ctx": {"expected": "'a', 'b' or 'c'"}}
    assert sentence_of_error(error) == 'one of these is needed: "a", "b" or "c"'


class _Kind(StrEnum):
    A = "a"
    B = "b"


def test_values_of_enums_and_days_are_told_as_they_are_sent() -> None:
    def told(kind: Any, sent: str) -> str:
        with pytest.raises(ValidationError) as refused:
            TypeAdapter(kind).validate_python(sent)
        return sentence_of_error(refused.value.errors()[0])

    assert told(Literal[_Kind.A, _Kind.B], "c") == 'one of these is needed: "a" or "b"'
    assert told(Annotated[date, Field(ge=date(2000, 1, 1))], "1999-12-31") == "at least 2000-01-01 is needed"
    assert told(Annotated[date | None, Field(ge=date(2000, 1, 1))], "1999-12-31") == "at least 2000-01-01 is needed"


def test_what_pydantic_writes_as_python_is_told_as_json() -> None:
    texts = [
        sentence_of_error({"type": "literal_error", "ctx": {"expected": "<Dimension.TENANT: 'tenant'>"}, "loc": ()}),
        sentence_of_error({"type": "greater_than_equal", "ctx": {"ge": "datetime.date(2000, 1, 1)"}, "loc": ()}),
    ]
    assert texts == ['one of these is needed: "tenant"', "at least 2000-01-01 is needed"]


def test_a_kind_without_words_is_not_told_in_pydantics() -> None:
    error = {"type": "callable_type", "loc": (), "msg": "Input should be callable"}
    assert sentence_of_error(error) == "it is not what the reference describes"


@pytest.mark.parametrize(
    ("count", "told"), [(0, ""), (1, "a"), (3, "a; b; c"), (4, "a; b; c; and 1 more"), (6, "a; b; c; and 3 more")]
)
def test_sentences_that_are_left_out_are_counted(count: int, told: str) -> None:
    assert first_of("abcdef"[:count], most=3) == told


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (("body",), "the request needs a body"),
        (("body", "name"), "this member is required"),
        (("query", "from"), "this parameter is required"),
    ],
)
def test_what_is_missing_is_named_as_what_it_is(place: tuple[str, ...], told: str) -> None:
    assert sentence_of_error({"type": "missing", "loc": place, "msg": "Field required", "input": None}) == told
