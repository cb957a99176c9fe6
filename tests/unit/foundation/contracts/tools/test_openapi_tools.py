"""An OpenAPI document as tools: what a call becomes, and everything that a hostile document is refused for."""

from typing import Any

import pytest

from fixtures.tool_sources.openapi_documents import SERVER, pets
from foundation.contracts.tools.http import HttpArguments
from foundation.contracts.tools.tenant.api_tool import ApiContract, contract_of, holds_expressions
from foundation.contracts.tools.tenant.names import meant_by
from foundation.contracts.tools.tenant.openapi import MOST_OPERATIONS, MOST_TOOLS, ReadDocument, Wishes, read_openapi
from foundation.domain.tools import ToolEffect

POST = ("paths", "/pets", "post")


def read(document: Any, **wishes: Any) -> ReadDocument:
    return read_openapi("pets", document, Wishes(**wishes))


def contracts(document: Any = None, **wishes: Any) -> dict[str, ApiContract]:
    found = read(document or pets(), **wishes)
    assert (found.faults, found.left_out) == ([], [])
    return {tool.operation: contract_of("pets", tool) for tool in found.tools}


def test_operations_become_tools_with_their_effect() -> None:
    known = contracts(effects={"createPet": ToolEffect.KEYED})
    assert {name: (one.name, one.effect) for name, one in known.items()} == {
        "get_pet": ("api.pets.get_pet", ToolEffect.PURE),
        "delete_pet": ("api.pets.delete_pet", ToolEffect.ONCE),
        "create_pet": ("api.pets.create_pet", ToolEffect.KEYED),
        "put_pets": ("api.pets.put_pets", ToolEffect.ONCE),
    }
    assert known["get_pet"].description == "GET /pets/{id} of pets. One pet"
    pet = known["create_pet"].parameters["$defs"]["Pet"]["properties"]
    assert pet["tag"] == {"type": ["string", "null"]}
    assert pet["name"] == {"type": "string", "maxLength": 50}
    assert list(contracts(operations=["getPet"])) == list(contracts(operations=["get_pet"])) == ["get_pet"]


def test_what_a_document_says_is_cleaned_of_what_would_not_be_shown_as_it_is() -> None:
    document = pets()
    document["paths"]["/pets"]["post"] |= {"summary": "A\u202eB\u200bC\u2066", "description": "\x07\x1b[31mred\x1b[0m"}
    assert contracts(document)["create_pet"].description == "POST /pets of pets. ABC red"


@pytest.mark.parametrize("name", ["X\r\nY", "x y", "X:", "é", "x" * 101])
def test_a_header_that_no_request_can_have_leaves_the_operation_out_where_it_is_needed(name: str) -> None:
    document, header = pets(), {"in": "header", "name": name, "schema": {"type": "string"}}
    document["paths"]["/pets"]["post"]["parameters"] = [{**header, "required": True}]
    found = read(document)
    assert [fault.detail for fault in found.left_out] == ["no request can have a header of this name"]
    assert [fault.pointer for fault in found.left_out] == ["/paths/~1pets/post/parameters/0"]
    document["paths"]["/pets"]["post"]["parameters"] = [header]
    found = read(document)
    [made] = [tool for tool in found.tools if tool.operation == "create_pet"]
    assert "headers" not in made.schema_["properties"]
    assert [(one.pointer, one.detail) for one in found.left_out] == [
        ("/paths/~1pets/post/parameters/0", "no request can have a header of this name; the tool is without it")
    ]


@pytest.mark.parametrize(
    ("members", "pointer", "words"),
    [
        ({"requestBody": {"content": {"multipart/form-data": {}}}}, "requestBody/content", "as it is optional"),
        ({"parameters": [{"name": "s", "in": "cookie"}]}, "parameters/0", "which is in cookie; the tool is without it"),
        ({"parameters": [{"name": "Host", "in": "header"}]}, "parameters/0", "do not send this parameter"),
    ],
)
def test_what_a_tool_is_without_is_told_though_calls_can_do_without_it(
    members: dict[str, Any], pointer: str, words: str
) -> None:
    document = pets()
    document["paths"]["/pets"]["post"] |= {"requestBody": {"content": {"text/plain": {}}}, **members}
    if "requestBody" not in members:
        del document["paths"]["/pets"]["post"]["requestBody"]
    found = read(document)
    assert "create_pet" in {tool.operation for tool in found.tools}
    [told] = found.left_out
    assert told.pointer == f"/paths/~1pets/post/{pointer}"
    assert words in told.detail


@pytest.mark.parametrize("name", ["a\u202e", "a\u200b", "\x1b"])
def test_a_parameter_whose_name_would_not_be_shown_as_it_is_leaves_the_operation_out(name: str) -> None:
    document = pets()
    document["paths"]["/pets"]["post"]["parameters"] = [{"in": "query", "name": name, "schema": {"type": "string"}}]
    [fault] = read(document).left_out
    assert fault.pointer == "/paths/~1pets/post/parameters/0/name"


@pytest.mark.parametrize(
    ("operation", "arguments", "request_"),
    [
        (
            "get_pet",
            {"path": {"id": 7}, "query": {"with": ["a", "b"], "fields": ["x", "y"]}, "headers": {"X-Trace": "t"}},
            {
                "method": "GET",
                "url": f"{SERVER}/pets/7",
                "query": {"with": ["a", "b"], "fields": "x,y"},
                "headers": {"X-Trace": "t"},
            },
        ),
        (
            "create_pet",
            {"body": {"name": "${x}", "tag": None}, "timeout_seconds": 5},
            {"method": "POST", "url": f"{SERVER}/pets", "json": {"name": "${x}", "tag": None}, "timeout_seconds": 5},
        ),
        ("put_pets", {"body": {"name": "a"}}, {"method": "PUT", "url": f"{SERVER}/pets", "form": {"name": "a"}}),
        ("put_pets", {}, {"method": "PUT", "url": f"{SERVER}/pets"}),
    ],
)
def test_a_call_becomes_one_request_that_follows_no_redirect(
    operation: str, arguments: dict[str, Any], request_: dict[str, Any]
) -> None:
    contract = contracts()[operation]
    assert contract.faults(arguments) == []
    made = contract.request(arguments)
    assert made == {"timeout_seconds": 60, "max_redirects": 0, **request_}
    HttpArguments.model_validate(made)


@pytest.mark.parametrize(
    ("operation", "arguments", "place"),
    [
        ("get_pet", {}, ""),
        ("get_pet", {"path": {"id": "seven"}}, "/path/id"),
        ("get_pet", {"path": {"id": 0}}, "/path/id"),
        ("get_pet", {"path": {"id": 1}, "query": {"other": 1}}, "/query"),
        ("get_pet", {"path": {"id": 1}, "headers": {"Authorization": "x"}}, "/headers"),
        ("get_pet", {"path": {"id": 1}, "headers": {"X-Trace": "a\r\nHost: evil.example"}}, ""),
        ("get_pet", {"path": {"id": 1}, "url": "https://evil.example"}, "/url"),
        ("create_pet", {"body": {"name": 1}}, "/body/name"),
        ("create_pet", {"body": {"name": "a", "more": 1}}, "/body"),
        ("create_pet", {"body": "text"}, "/body"),
        ("create_pet", {"body": {"name": "a"}, "timeout_seconds": 10**9}, "/timeout_seconds"),
        ("put_pets", {"body": {"name": ["a"]}}, "/body/name"),
    ],
)
def test_arguments_that_miss_the_schema_are_refused_with_their_place(
    operation: str, arguments: dict[str, Any], place: str
) -> None:
    assert [fault.pointer for fault in contracts()[operation].faults(arguments)][:1] == [place]


@pytest.mark.parametrize("value", ["..", ".", ""])
def test_a_path_leads_to_no_other_operation(value: str) -> None:
    contract = contracts(pets("components", "parameters", "Id", "schema", value={"type": "string"}))["get_pet"]
    assert [fault.pointer for fault in contract.faults({"path": {"id": value}})] == ["/path/id"]
    assert contract.request({"path": {"id": "a/../b?c#d%"}})["url"] == f"{SERVER}/pets/a%2F..%2Fb%3Fc%23d%25"


def test_what_an_expression_will_give_is_not_judged() -> None:
    known = contracts()
    assert known["get_pet"].faults({"path": {"id": "${steps.a.output.id}"}}, expressions=True) == []
    assert known["get_pet"].faults({"path": "${input.path}"}, expressions=True) == []
    assert known["put_pets"].faults({"body": "${input.fields}"}, expressions=True) == []
    assert known["create_pet"].faults({"body": {"name": "${input.name}", "more": 1}}, expressions=True) == []
    assert known["create_pet"].faults({"body": {"name": 1}}, expressions=True) != []


CIRCLE = {"$ref": "#/components/parameters/Circle"}


@pytest.mark.parametrize(
    ("at", "value", "place", "words"),
    [
        (("openapi",), "2.0", "/openapi", "OpenAPI 3.0 or 3.1"),
        (("paths",), [], "/paths", "an object"),
        (("paths",), {}, "/paths", "no operation"),
        (("paths", "pets"), {}, "/paths/pets", "begins with /"),
        (("paths", "/x"), {"$ref": "https://evil.example/x.json"}, "/paths/~1x/$ref", "in the document itself"),
        (("servers",), [], "/servers", "list of objects with a url"),
        (("servers", 0, "url"), "https://169.254.169.254/latest", "/servers/0/url", "no IP address"),
        (("servers", 0, "url"), "https://[::1]/", "/servers/0/url", "no IP address"),
        (("servers", 0, "url"), "https://localhost/", "/servers/0/url", "full host name"),
        (("servers", 0, "url"), "https://0x7f000001/", "/servers/0/url", "full host name"),
        (("servers", 0, "url"), "https://user:secret@pets.example.com", "/servers/0/url", "no user"),
        (("servers", 0, "url"), "file:///etc/passwd", "/servers/0/url", "http"),
        (("servers", 0, "url"), "/v1", "/servers/0/url", "http"),
        (("servers", 0, "url"), "https://{host}.example.com", "/servers/0/url", ""),
        (("paths", "/pets", "servers"), [{"url": "http://10.0.0.1"}], "/paths/~1pets/servers/0/url", "no IP address"),
        (("paths", "/pets", "post", "operationId"), "getp\u0435t", "/paths/~1pets/post/operationId", "ASCII"),
        (("paths", "/pets", "post", "operationId"), "get_pet", "/paths/~1pets/post", "looks like 'get_pet'"),
        (("paths", "/pets", "post", "operationId"), "GETPET", "/paths/~1pets/post", "looks like"),
        (("paths", "/pets", "post", "operationId"), "9", "/paths/~1pets/post/operationId", "begins with a letter"),
        ((*POST, "requestBody"), {"$ref": "https://evil.example/b"}, "/paths/~1pets/post/requestBody/$ref", "not read"),
        ((*POST, "requestBody"), {"$ref": "other.yaml#/a"}, "/paths/~1pets/post/requestBody/$ref", "not read"),
        ((*POST, "requestBody"), {"$ref": "#/paths/~1pets/post"}, "/paths/~1pets/post/requestBody/$ref", "not read"),
        (
            ("components", "schemas", "Owner"),
            {"$ref": "file:///etc/passwd"},
            "/components/schemas/Owner/$ref",
            "not read",
        ),
        (
            ("components", "parameters"),
            {"Id": CIRCLE, "Circle": CIRCLE},
            "/paths/~1pets~1{id}/parameters/0/$ref",
            "itself",
        ),
    ],
)
def test_a_document_that_is_not_safe_is_refused_as_a_whole(
    at: tuple[str | int, ...], value: Any, place: str, words: str
) -> None:
    found = read(pets(*at, value=value))
    assert found.tools == []
    assert [fault.pointer for fault in found.faults] == [place]
    assert words in found.faults[0].detail


@pytest.mark.parametrize("path", ["/a/../pets", "/a/%2e%2E/pets", "/./pets", "/pets/.."])
def test_a_path_that_leads_to_another_one_is_no_tools(path: str) -> None:
    found = read(pets("paths", path, value={"get": {"operationId": "elsewhere"}}))
    assert found.faults == []
    [left_out] = found.left_out
    assert "lead to another one" in left_out.detail
    assert "elsewhere" not in {tool.operation for tool in found.tools}


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "x-http-method", "X-Method-Override", "Proxy-Connection"])
def test_no_header_makes_another_request_of_it(name: str) -> None:
    found = read(pets(*POST, "parameters", value=[{"name": name, "in": "header"}]))
    assert found.faults == []
    [left_out] = found.left_out
    assert "do not send" in left_out.detail
    [tool] = [tool for tool in found.tools if tool.operation == "create_pet"]
    assert [one.name for one in tool.parameters if one.place == "headers"] == []


@pytest.mark.parametrize(
    ("at", "value", "words"),
    [
        (("components", "schemas", "Owner"), {"$ref": "#/components/schemas/Pet"}, "circle"),
        (("components", "schemas", "Owner"), {"$ref": "#/components/schemas/None"}, "there is no"),
        (("components", "schemas", "Owner"), {"type": "string", "pattern": "(a+)+" * 200}, "pattern"),
        (("components", "schemas", "Owner"), {"type": "strange"}, "cannot be checked"),
        (("components", "schemas", "Owner"), {"unevaluatedProperties": False}, "not known"),
        (("components", "schemas", "Owner"), {"description": 5}, "cannot be checked"),
        ((*POST, "requestBody", "content"), {"multipart/form-data": {}}, "application/json or"),
        ((*POST, "requestBody", "content"), [], "an object with the types of the body is needed here"),
        ((*POST, "parameters"), [{"name": "s", "in": "cookie", "required": True}], "does not send|do not send"),
        ((*POST, "parameters"), [{"name": "Host", "in": "header", "required": True}], "do not send"),
        ((*POST, "parameters"), [{"name": "q", "in": "query", "style": "deepObject"}], "style form"),
        ((*POST, "parameters"), [{"name": "id", "in": "path"}], "not those that the path names"),
        ((*POST, "operationId"), "A" * 60, "longer than 64"),
    ],
)
def test_an_operation_that_calls_cannot_do_is_left_out_with_the_reason(
    at: tuple[str | int, ...], value: Any, words: str
) -> None:
    found = read(pets(*at, value=value))
    assert found.faults == []
    assert "create_pet" not in {tool.operation for tool in found.tools}
    [left_out] = found.left_out
    assert any(word in left_out.detail for word in words.split("|")), left_out


def test_nested_bombs_are_refused_without_being_opened() -> None:
    schemas: dict[str, Any] = {"S0": {"type": "string"}}
    for level in range(1, 60):
        part = {"$ref": f"#/components/schemas/S{level - 1}"}
        schemas[f"S{level}"] = {"type": "object", "properties": {"a": part, "b": part}}
    schemas["Pet"] = {"$ref": "#/components/schemas/S59"}
    [left_out] = read(pets("components", "schemas", value=schemas)).left_out
    assert "parts" in left_out.detail
    deep: dict[str, Any] = {"type": "string"}
    for _ in range(40):
        deep = {"type": "array", "items": deep}
    [left_out] = read(pets("components", "schemas", "Pet", value=deep)).left_out
    assert "nested deeper" in left_out.detail


def test_thousands_of_operations_are_refused_and_many_have_to_be_named() -> None:
    def many(count: int) -> dict[str, Any]:
        return pets("paths", value={f"/p{number}": {"get": {"operationId": f"p{number}x"}} for number in range(count)})

    [fault] = read(many(MOST_OPERATIONS + 1)).faults
    assert "more than 2000 operations" in fault.detail
    [fault] = read(many(MOST_TOOLS + 1)).faults
    assert "name at most 100 of them" in fault.detail
    assert len(read(many(MOST_OPERATIONS), operations=["p7x"]).tools) == 1


def test_wishes_that_name_nothing_are_refused_with_their_place() -> None:
    assert [fault.pointer for fault in read(pets(), operations=["get_pet", "gone"]).faults] == ["/../operations/1"]
    assert [fault.pointer for fault in read(pets(), effects={"gone": ToolEffect.ONCE}).faults] == ["/../effects/gone"]
    assert [fault.pointer for fault in read(pets(), server="https://127.0.0.1").faults] == ["/../server"]
    assert read(pets("servers", value=[]), server="https://other.example/api/").tools[0].host == "other.example"


def test_an_operation_is_an_object() -> None:
    found = read(pets(*POST, value=[]))
    assert [(fault.pointer, fault.detail) for fault in found.faults] == [
        ("/paths/~1pets/post", "an operation is an object")
    ]


@pytest.mark.parametrize("path", ["/a b", "/a?b=1", "/a#b", "/ä"])
def test_a_path_of_characters_that_stand_in_none_is_no_tool(path: str) -> None:
    found = read(pets("paths", path, value={"get": {"operationId": "odd"}}))
    assert [one.detail for one in found.left_out] == ["the path has characters that stand in no path"]
    assert "odd" not in {tool.operation for tool in found.tools}


@pytest.mark.parametrize(("length", "kept"), [(500, 500), (501, 500)])
def test_a_parameter_is_described_in_so_many_characters(length: int, kept: int) -> None:
    parameter = {"name": "q", "in": "query", "schema": {"type": "string"}, "description": "d" * length}
    [tool] = read(pets(*POST, "parameters", value=[parameter]), operations=["createPet"]).tools
    described = contract_of("pets", tool).parameters["properties"]["query"]["properties"]["q"]["description"]
    assert described == "d" * kept


@pytest.mark.parametrize(
    ("value", "holds"),
    [("${x}", True), ("x", False), ({"a": ["b", {"c": "${x}"}]}, True), (["a", "b"], False), ([1, None], False)],
    ids=str,
)
def test_an_expression_is_found_wherever_it_stands(value: Any, *, holds: bool) -> None:
    assert holds_expressions(value) is holds


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ({"get_json", "put_json", "delete_all"}, "is 'get_json' or 'put_json' meant?"),
        ({"b", "a"}, "there is a; b"),
        ({f"op{number}" for number in range(7)}, "there is op0; op1; op2; op3; op4; and 2 more"),
        ({f"get_json_{number:03}" for number in range(201)}, "there is get_json_000; get_json_001; get_json_002;"),
        (set(), "there is none"),
    ],
    ids=["near", "few", "many", "too many to compare", "none"],
)
def test_a_name_that_is_not_there_is_answered_with_those_that_are(names: set[str], told: str) -> None:
    assert meant_by("get_jsn", names).startswith(told)
