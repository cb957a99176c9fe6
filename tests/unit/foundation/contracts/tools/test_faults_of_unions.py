"""Where a value could be of several kinds, whoever sent it is told once, at its place and in our words."""

from typing import Any

import pytest

from foundation.contracts.tools.arguments import ToolArguments, faults_of
from foundation.contracts.tools.catalogue import TOOLS
from foundation.contracts.tools.http import HttpArguments
from foundation.contracts.tools.mcp.calling import McpCallArguments
from foundation.contracts.tools.tenant.api_tool import ApiArguments
from foundation.domain.errors import Fault

ANY = "a text, a whole number, a number, true or false or a list is needed"
ITEM = "a text, a whole number, a number or true or false is needed"
REQUEST = {"method": "GET", "url": "https://a.example/"}
LARGE = {"int": 1, "str": {"float": []}, "function-after[accept_text(), str]": None, "bool": {"list": 7}}
WRONG: list[Any] = [
    None,
    1.5,
    -1,
    True,
    "",
    "\0",
    "${x} and",
    [],
    [[{}]],
    [{"nope": 1}, "a", 2],
    {},
    {"a": {"b": [{}]}},
    LARGE,
    {"q": LARGE},
]
MODELS: dict[str, type[ToolArguments]] = {
    **{name: tool.arguments for name, tool in TOOLS.items()},
    "api": ApiArguments,
    "mcp": McpCallArguments,
}


def of_http(**query: Any) -> list[Fault]:
    return faults_of("http", HttpArguments, {**REQUEST, "query": query}, expressions=False)


def is_there(value: Any, pointer: str) -> bool:
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            return False
    return True


@pytest.mark.parametrize(
    ("value", "place", "words"),
    [
        ({"a": 1}, "", ANY),
        ({"int": 1}, "", ANY),
        (LARGE, "", ANY),
        (None, "", ANY),
        (["a", {"b": 1}], "/1", ITEM),
        ([[1]], "/0", ITEM),
        ("a\0", "", "U+0000 cannot be stored; leave it out, or write it another way, as base64"),
    ],
)
def test_a_value_of_no_kind_that_is_taken_is_one_fault(value: Any, place: str, words: str) -> None:
    assert of_http(q=value) == [Fault(f"/query/q{place}", words)]


def test_each_value_has_a_fault_of_its_own() -> None:
    assert of_http(a={}, b=[1, {}, {}], c="fine", d=None) == [
        Fault("/query/a", ANY),
        Fault("/query/b/1", ITEM),
        Fault("/query/b/2", ITEM),
        Fault("/query/d", ANY),
    ]


def test_what_an_expression_gives_is_not_judged_and_what_stands_beside_it_is() -> None:
    given = {**REQUEST, "query": {"a": "${input.a}", "b": ["${input.b}", {}]}}
    assert faults_of("http", HttpArguments, given, expressions=True) == [Fault("/query/b/1", ITEM)]


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_no_fault_of_any_tool_is_at_a_place_that_the_arguments_do_not_have(name: str, wrong: Any) -> None:
    model = MODELS[name]
    for member in model.model_json_schema(by_alias=True)["properties"]:
        for given in ({member: wrong}, {member: {"a": wrong}}, {member: [wrong]}):
            found = faults_of(name, model, given, expressions=False)
            assert [fault.pointer for fault in found if not is_there(given, fault.pointer)] == []
            assert len({(fault.pointer, fault.detail) for fault in found}) == len(found)
            told = " ".join(fault.detail for fault in found if " takes no " not in fault.detail)
            assert not any(word in told for word in ("function-", "union[", "Input should", "pydantic"))
