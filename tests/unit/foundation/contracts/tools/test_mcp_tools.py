"""What an MCP server shows, as tools: what is refused, what is left out, and what a call of one takes."""

from typing import Any

import pytest
from pydantic import ValidationError

from foundation.contracts.tools.mcp.calling import McpCallArguments
from foundation.contracts.tools.mcp.listing import ListedTool, McpListing, pin_of
from foundation.contracts.tools.mcp.servers import McpServer
from foundation.contracts.tools.tenant.mcp_tool import McpSource, McpTool, contract_of
from foundation.contracts.tools.tenant.mcp_tools import ReadListing, ToolWishes, read_listing
from foundation.contracts.tools.tenant.openapi import MOST_TOOLS
from foundation.domain.tools import ToolEffect
from tool_runtime.tools.programs.mcp_client import listing as in_the_sandbox
from tool_runtime.tools.programs.mcp_client.faults import McpFailed
from tool_runtime.tools.programs.mcp_client.listing import check_pins

SCHEMA: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "properties": {"city": {"$ref": "#/definitions/City"}, "days": {"type": "integer", "minimum": 1}},
    "required": ["city"],
    "definitions": {"City": {"type": "string", "minLength": 2}},
}
SERVER = {"transport": "stdio", "registry": "pypi", "package": "weather-server"}


def a_tool(name: str = "getForecast", schema: Any = None, **more: Any) -> ListedTool:
    return ListedTool.model_validate({"name": name, "inputSchema": SCHEMA if schema is None else schema, **more})


def a_read(*tools: ListedTool, **wishes: Any) -> ReadListing:
    return read_listing("weather", tools or [a_tool()], ToolWishes(**wishes))


def with_schema(**schema: Any) -> ReadListing:
    return a_read(a_tool(), a_tool("other", {"type": "object", **schema}))


def test_a_tool_has_a_name_of_ours_a_form_and_the_most_careful_effect() -> None:
    hints = {"readOnlyHint": True, "idempotentHint": True}
    [tool] = a_read(a_tool(title="Forecast", description="Tells\n  the weather.", annotations=hints)).tools
    assert (tool.operation, tool.told, tool.effect) == ("get_forecast", "getForecast", ToolEffect.ONCE)
    assert tool.description == "getForecast of the MCP server weather. Forecast Tells the weather."
    assert tool.schema_["$defs"] == {"City": {"type": "string", "minLength": 2}}
    assert tool.schema_["properties"]["city"] == {"$ref": "#/$defs/City"}
    assert a_read(effects={"getForecast": ToolEffect.PURE}).tools[0].effect is ToolEffect.PURE


def test_what_a_server_says_is_cleaned_of_what_would_not_be_shown_as_it_is() -> None:
    said = "\x1b[31mred\u202e eno\u200b\x07 \u2066two\x1b]0;title\x07\U000e0041"
    schema = {"properties": {"a": {"type": "string", "description": f"{said}\n\nmore"}}}
    [tool] = a_read(a_tool(title="\u202eForecast", description=said, schema=schema)).tools
    assert tool.description == "getForecast of the MCP server weather. Forecast red eno two"
    assert tool.schema_["properties"]["a"]["description"] == "red eno two more"


@pytest.mark.parametrize("name", ["a\u202e", "\x1b[31m", "a\u200b", ""])
def test_a_member_whose_name_would_not_be_shown_as_it_is_leaves_the_tool_out(name: str) -> None:
    found = with_schema(properties={name: {"type": "string"}})
    assert ([tool.operation for tool in found.tools], found.faults) == (["get_forecast"], [])
    assert found.left_out[0].pointer.startswith("/1/inputSchema/properties/")


@pytest.mark.parametrize(
    ("names", "pointer", "words"),
    [
        (["get_it", "getIt"], "/1/name", "looks like 'get_it'"),
        (["list", "1ist"], "/1/name", "begins with a letter"),
        (["all", "a11"], "/1/name", "looks like 'all'"),
        ([".."], "/0/name", "begins with a letter"),
        (["../../etc/passwd", ""], "/1/name", "begins with a letter"),
        (["wеather"], "/0/name", "ASCII"),
        (["\u202egnp"], "/0/name", "ASCII"),
    ],
)
def test_names_that_are_none_or_look_alike_refuse_all_with_the_place(
    names: list[str], pointer: str, words: str
) -> None:
    found = a_read(*map(a_tool, names))
    assert (found.tools, [fault.pointer for fault in found.faults]) == ([], [pointer])
    assert words in found.faults[0].detail


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string"}, 'write "type": "object"'),
        ({"properties": {"a": {"$ref": "https://evil.example/schema"}}}, "refers to a part of itself"),
        ({"properties": {"a": {"$ref": "#/$defs/gone"}}}, "no part 'gone'"),
        ({"properties": {"a": {"$ref": "#/$defs/a"}}, "$defs": {"a": {"$ref": "#/$defs/a"}}}, "leads to itself"),
        ({"properties": {"a": {"pattern": "("}}}, "cannot be checked"),
        ({"properties": {"a": {"type": "strnig"}}}, "cannot be checked"),
        ({"properties": {"a": {"unevaluatedProperties": False}}}, "not known in forms"),
        ({"properties": []}, "cannot be checked"),
        ({"required": "a"}, "cannot be checked"),
        ({"properties": {"a": {"enum": ["x" * 20_000]}}}, "at most 16384 are taken"),
        ({"properties": {"files": {"type": "array"}}}, "'files' is an argument of the platform's own"),
        ({"properties": {"timeout_seconds": {"type": "integer"}}}, "'timeout_seconds' is an argument"),
    ],
)
def test_a_tool_whose_schema_lies_or_cannot_be_checked_is_left_out_and_told(schema: dict[str, Any], words: str) -> None:
    found = with_schema(**schema)
    assert ([tool.operation for tool in found.tools], found.faults) == (["get_forecast"], [])
    [left_out] = found.left_out
    assert left_out.pointer.startswith("/1")
    assert words in left_out.detail


def test_a_listing_of_which_nothing_is_left_is_refused_with_the_first_reason() -> None:
    found = a_read(a_tool(schema={"type": "array"}))
    assert "shows nothing that can be a tool; /0/inputSchema" in found.faults[0].detail


def test_more_tools_than_are_kept_have_to_be_named() -> None:
    # Names without look-alikes: letters alone, none of which is taken for another.
    tools = [a_tool("t" + "abcdefghjk"[at // 10 % 10] + "mnpqrstuvw"[at % 10] * (1 + at // 100)) for at in range(101)]
    assert a_read(*tools).faults[0].pointer == "/../operations"
    assert len(a_read(*tools, tools=[tool.name for tool in tools[:MOST_TOOLS]]).tools) == MOST_TOOLS


def test_wishes_for_tools_that_are_not_there_are_refused_with_their_places() -> None:
    found = a_read(tools=["getForecast", "gone"], effects={"away": ToolEffect.PURE})
    assert [fault.pointer for fault in found.faults] == ["/../operations/1", "/../effects/away"]


def test_a_long_description_is_cut() -> None:
    [tool] = a_read(a_tool(description="x" * 100_000)).tools
    assert len(tool.description) == 1000


def contract(**server: Any) -> Any:
    [tool] = a_read().tools
    about = {"server": SERVER | server, "pins": {"getForecast": "0" * 64}, "files": []}
    read_by = {"run_id": "01890a5d-ac96-774b-bcce-b302099a8057", "step": "read"}
    return contract_of("weather", McpSource.model_validate({**about, "read_by": read_by}), tool)


def test_a_call_is_checked_by_the_form_and_becomes_one_of_the_runtimes() -> None:
    made = contract()
    assert (made.name, made.host, made.needs_egress) == ("mcp.weather.get_forecast", None, False)
    assert made.parameters["properties"].keys() == {"city", "days", "timeout_seconds"}
    assert made.faults({"city": "Oslo", "days": 2, "timeout_seconds": 5}) == []
    assert [fault.pointer for fault in made.faults({"city": "O", "days": 0})] == ["/city", "/days"]
    assert [fault.pointer for fault in made.faults({"city": "Oslo", "timeout_seconds": "5"})] == ["/timeout_seconds"]
    assert made.faults({"city": "${input.city}", "days": 1}, expressions=True) == []
    request = made.request({"city": "Oslo", "timeout_seconds": 5})
    given = McpCallArguments.model_validate(request)
    assert (given.tool, given.arguments, given.timeout_seconds) == ("getForecast", {"city": "Oslo"}, 5)


@pytest.mark.parametrize(
    ("server", "words"),
    [
        ({"package": "../evil"}, "named as there"),
        ({"package": "a..b"}, "named as there"),
        ({"registry": "npm", "package": "@scope/../x"}, "named as there"),
        ({"registry": "crates"}, "registry"),
        ({"registry": None}, "needs 'registry'"),
        ({"transport": "sse"}, "transport"),
        ({"transport": "streamable_http"}, "needs 'url'"),
        ({"url": "https://a.example/mcp"}, "takes no 'url'"),
        ({"transport": "streamable_http", "url": "https://a.example/mcp"}, "takes no 'package'"),
        ({"environment": {"A B": "x"}}, "a variable's name"),
        ({"arguments": ["\0"]}, "U+0000"),
        ({"script": "../x"}, "a script's name"),
    ],
)
def test_a_server_that_is_none_is_refused(server: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        McpServer.model_validate({**SERVER, **server})
    assert words in str(refused.value)


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/mcp", "https://localhost/mcp", "file:///etc/passwd", "https://a@b.example/"]
)
def test_a_server_on_the_web_has_a_full_host_name(url: str) -> None:
    with pytest.raises(ValidationError):
        McpServer.model_validate({"transport": "streamable_http", "url": url})


def test_a_listing_is_bounded_and_strict() -> None:
    tool = {"name": "a", "inputSchema": {}}
    for wrong in ({"tools": [tool] * 201}, {"tools": [{"name": "a"}]}, {"tools": [{**tool, "more": 1}]}, {"what": 1}):
        with pytest.raises(ValidationError):
            McpListing.model_validate(wrong)


def test_the_sandbox_and_the_platform_pin_a_tool_alike() -> None:
    tool = a_tool(description="Ω", annotations={"readOnlyHint": None}, outputSchema={"a": None})
    told = {name: value for name, value in tool if value is not None}
    assert tool.pin() == pin_of(told) == in_the_sandbox.pin_of(told)


def test_what_is_different_from_the_pins_is_told() -> None:
    tools: list[dict[str, Any]] = [{"name": name, "inputSchema": {}} for name in ("a", "b", "d")]
    pins = {str(tool["name"]): in_the_sandbox.pin_of(tool) for tool in tools}
    check_pins(tools, pins)
    other = {**pins, "b": "0" * 64, "c": "1" * 64}
    del other["d"]
    with pytest.raises(McpFailed, match=r"\(changed: b; new: d; gone: c\); nothing was called") as refused:
        check_pins(tools, other)
    assert refused.value.code == "tools_changed"


def test_a_stored_tool_is_read_again() -> None:
    [tool] = a_read().tools
    assert McpTool.model_validate(tool.model_dump(mode="json", by_alias=True)) == tool


def test_a_name_without_end_is_left_out_and_the_others_are_tools() -> None:
    found = a_read(a_tool(), a_tool("x" * 5000))
    assert [tool.operation for tool in found.tools] == ["get_forecast"]
    assert [(one.pointer, "longer than 64" in one.detail, len(one.detail) < 200) for one in found.left_out] == [
        ("/1/name", True, True)
    ]
