"""The OpenAPI document is the product: valid, whole, and a client that is generated from it has every operation."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from control_plane.governance.audit.schemas import AuditRow
from control_plane.requests.answers.deprecations import DEPRECATIONS
from control_plane.requests.yaml_documents import parse_yaml
from control_plane.streams.event_view import RunEventView
from fixtures.api.api_clients import run_reader
from fixtures.api.unopened_apps import UNOPENED

_MADE_UNDER_A_NAME = {
    "PUT /api/v1/secrets/{secret_name}",
    "PUT /api/v1/tool-sources/{source_name}",
    "POST /api/v1/trigger-calls/{tenant_id}/{trigger_id}",
}
"""What is made where it is not there yet, so that nothing is missing; and where nobody is told what is missing."""

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}

WITHOUT_A_CALLER = {"GET /health"}


@pytest.fixture(params=UNOPENED)
def document(request: pytest.FixtureRequest) -> dict[str, Any]:
    # as it is served: what JSON cannot say would be missing
    return dict(json.loads(json.dumps(UNOPENED[request.param]().openapi())))


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    validate(document)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    components = document["components"]
    names = {f"#/components/{kind}/{name}" for kind in ("schemas", "headers") for name in components.get(kind, {})}
    assert set(references(document)) <= names


def test_no_two_schemas_have_one_title(document: dict[str, Any]) -> None:
    titles = Counter(schema["title"] for schema in document["components"]["schemas"].values())
    assert [title for title, count in titles.items() if count > 1] == []


def test_who_calls_is_said_by_a_bearer_scheme_and_by_no_parameter(document: dict[str, Any]) -> None:
    schemes = document["components"]["securitySchemes"]
    assert [(scheme["type"], scheme["scheme"]) for scheme in schemes.values()] == [("http", "bearer")]
    for name, operation in operations(document).items():
        parameters = {parameter["name"].lower() for parameter in operation.get("parameters", [])}
        assert "authorization" not in parameters, name
        assert ("security" in operation) == (name not in WITHOUT_A_CALLER), name


def test_every_refusal_is_a_problem_document(document: dict[str, Any]) -> None:
    for name, operation in operations(document).items():
        if name in WITHOUT_A_CALLER:
            continue
        refused = {int(status) for status in operation["responses"] if int(status) >= 400}
        assert {400, 401, 403, 500, 503} <= refused, name
        assert (404 in refused) or "{" not in name or name in _MADE_UNDER_A_NAME, name
        assert ({413, 415} <= refused) or "requestBody" not in operation, name
        assert [operation["responses"][str(status)]["content"] for status in refused] == [PROBLEM] * len(refused), name


def test_every_answer_of_the_api_says_what_its_caller_may_still_do() -> None:
    document = UNOPENED["control plane"]().openapi()
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in ("RateLimit-Policy", "RateLimit")}
    patience = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}
    for name, operation in operations(document).items():
        if name in WITHOUT_A_CALLER:
            continue
        assert "429" in operation["responses"], name
        for status, answer in operation["responses"].items():
            wanted = headers | (patience if status in {"429", "503"} else {})
            assert wanted.items() <= answer["headers"].items(), (name, status)


def test_every_answer_has_an_example_that_its_schema_allows() -> None:
    document = json.loads(json.dumps(UNOPENED["control plane"]().openapi()))
    wrong = []
    for name, operation in operations(document).items():
        for status, answer in operation["responses"].items():
            content = answer.get("content", {}).get("application/json")
            if not status.startswith("2") or content is None or name in WITHOUT_A_CALLER:
                continue
            schema = {**content["schema"], "components": document["components"]}
            faults = list(Draft202012Validator(schema).iter_errors(content["example"]))
            wrong += [(name, status, fault.message) for fault in faults]
            assert content["example"] not in (None, {}), (name, status)
    assert wrong == []


def test_every_answer_and_body_that_is_no_json_has_an_example_as_one_is_written() -> None:
    document = json.loads(json.dumps(UNOPENED["control plane"]().openapi()))
    schemas = {"components": document["components"]}
    seen: set[str] = set()
    for name, operation in operations(document).items():
        answers = {status: one for status, one in operation["responses"].items() if status.startswith("2")}
        for place, one in {**answers, "body": operation.get("requestBody", {})}.items():
            for kind, content in one.get("content", {}).items():
                if kind == "application/json" or name in WITHOUT_A_CALLER:
                    continue
                seen.add(kind)
                if content["schema"].get("format") == "binary":
                    assert content["schema"]["description"], (name, place, kind)
                    continue
                read = READ[kind](content["example"])
                assert read, (name, place, kind)
                if kind == "application/yaml":
                    assert not list(Draft202012Validator({**content["schema"], **schemas}).iter_errors(read))
    assert seen == {*READ, "application/pdf"}


def rows_of_csv(text: str) -> list[dict[str, str]]:
    names, *rows = csv.reader(io.StringIO(text))
    return [dict(zip(names, row, strict=True)) for row in rows]


def events_of(text: str) -> list[dict[str, Any]]:
    frames = [dict(line.split(": ", 1) for line in frame.splitlines()) for frame in text.split("\n\n") if frame]
    events = [frame for frame in frames if "data" in frame]
    assert all(frame["id"] == json.loads(frame["data"])["id"] for frame in events)
    return [RunEventView.model_validate_json(frame["data"]).model_dump() for frame in events]


READ: dict[str, Callable[[Any], Any]] = {
    "text/csv": rows_of_csv,
    "application/jsonl": lambda text: [AuditRow.model_validate_json(line) for line in text.splitlines()],
    "text/event-stream": events_of,
    "application/yaml": lambda example: parse_yaml(yaml.safe_dump(example).encode()),
}
"""How each is read by whoever gets it."""


def test_who_can_read_by_an_access_finds_its_header_and_nobody_else() -> None:
    document = UNOPENED["control plane"]().openapi()
    told = {
        name
        for name, operation in operations(document).items()
        if "Break-Glass-Access" in {one["name"] for one in operation.get("parameters", ())}
    }
    assert {name.partition(" ")[0] for name in told} == {"GET"}
    assert {f"GET /api/v1{path}" for path in ("/runs", "/tasks/{task_id}", "/artifacts", "/events")} <= told
    assert not told & {f"GET /api/v1{path}" for path in ("/webhooks", "/audit", "/members", "/operations/usage")}


def test_what_is_deprecated_is_told_where_it_may_be_used() -> None:
    document = UNOPENED["control plane"]().openapi()
    found = {
        operation["operationId"]
        for operation in operations(document).values()
        if any(
            {"Deprecation", "Sunset", "Link"} <= set(answer.get("headers", ()))
            for answer in operation["responses"].values()
        )
    }
    assert found == {one.operation for one in DEPRECATIONS}


def test_the_page_to_which_answers_link_says_what_is_deprecated_and_until_when_it_works() -> None:
    said = UNOPENED["control plane"]().openapi()["info"]["description"]
    assert "works for a year at least" in said
    for one in DEPRECATIONS:
        assert f"`{one.parameter}` of `{one.operation}`: use `{one.instead}`" in said
        assert one.sunset.isoformat() in said


def test_every_operation_has_a_name_of_its_own_that_a_client_can_use(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for operation in operations(document).values()]
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"[a-z]+(_[a-z]+)+", name)] == []


def test_a_client_can_be_generated_for_the_launcher_too(tmp_path: Path) -> None:
    """For the control plane one is kept, and compared with what would be generated now."""
    document = UNOPENED["launcher"]().openapi()
    (tmp_path / "openapi.json").write_text(json.dumps(document))
    said = run_reader(
        "openapi-python-client",
        *("generate", "--path", "openapi.json", "--output-path", "made", "--meta", "none"),
        folder=tmp_path,
    )
    assert "will not be generated" not in said
    assert "Unable to parse" not in said
    assert "omitted" not in said
    made = {file.stem for file in tmp_path.glob("made/api/*/*.py")} - {"__init__"}
    assert made == {operation["operationId"] for operation in operations(document).values()}
