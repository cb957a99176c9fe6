"""Commands, variables and operations that the documents name exist."""

import re
from collections.abc import Collection

import pytest

from architecture.documents.test_docs import documents
from architecture.sources import ROOT, named
from fixtures.api.dependants import routes_of
from fixtures.api.settings_classes import settings_classes, variables_of
from fixtures.api.unopened_apps import unopened_api, unopened_gateway_admin, unopened_launcher
from llm_gateway.endpoints.models import PATH as MODELS
from llm_gateway.wires.base import Wire
from llm_gateway.wires.registry import WIRES

_CODE = re.compile(r"^```.*?^```$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_TARGET = re.compile(r"\bmake ([a-z][a-z-]*)")
_VARIABLE = re.compile(r"\bLOCKSTEP_[A-Z0-9_]+[A-Z0-9]\b")
_OPERATION = re.compile(r"\b(GET|HEAD|POST|PUT|PATCH|DELETE) (/[\w/{}.:-]*[\w}])")
_PATH = re.compile(r"(?:(?<=[`\s\"'])|(?<=_URL))(/(?:api/v1|v1|internal)/[\w/{}.-]*[\w}])")
_NAME = re.compile(r"\{[^}]*\}")
_OF_THE_PAST = {"CHANGELOG.md"}
_WRITTEN = {
    *("LOCKSTEP_API_URL", "LOCKSTEP_TOKEN", "LOCKSTEP_TENANT_ID", "LOCKSTEP_GATEWAY_TOKEN", "LOCKSTEP_OPERATOR_TOKEN"),
    *("LOCKSTEP_GATEWAY_METRICS_URL", "LOCKSTEP_WORKER_METRICS_URL", "LOCKSTEP_SECOND_OPERATOR_TOKEN"),
}
"""What `.local/env` gives to people, and no program of ours reads."""
_OF_GUIDES = {
    ("docs/guides/add-a-wire.md", "POST /v1/completions"),
    ("docs/guides/add-a-wire.md", "/v1/completions"),
}
"""What a guide adds by way of example."""
_FRAMEWORKS_PAGES = {"GET /openapi.json", "GET /docs"}


def makes() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def variables() -> set[str]:
    kinds = settings_classes("services", "localstack")
    return {variable for kind in kinds for name in kind.model_fields for variable in variables_of(kind, name)}


def operations() -> set[str]:
    """Of every app, without the API's prefix and without the names in paths, as `GET /runs/{}`."""
    apps = (unopened_api(), unopened_gateway_admin(), unopened_launcher())
    found = {f"{method} {route.path}" for app in apps for route in routes_of(app) for method in route.methods or ()}
    found |= {f"POST {path}" for wire in WIRES.values() for path in _paths_of(wire)}
    found |= {f"{method} {MODELS}{rest}" for method in ("GET", "HEAD") for rest in ("", "/{}")}
    return {bare(operation) for operation in found} | _FRAMEWORKS_PAGES


def _paths_of(wire: Wire) -> list[str]:
    return [wire.path, *([wire.counting.path] if wire.counting is not None else [])]


def bare(operation: str) -> str:
    return _NAME.sub("{}", operation.replace("/api/v1", "", 1))


def unknown(text: str, *, targets: Collection[str], settings: Collection[str], served: Collection[str]) -> list[str]:
    """Commands, variables and operations of a document that do not exist; a bare path is served by any method."""
    code = "\n".join(_CODE.findall(text))
    found = [f"make {target}" for target in _TARGET.findall(code) if target not in targets]
    found += [name for name in _VARIABLE.findall(text) if name not in settings]
    found += [f"{method} {path}" for method, path in _OPERATION.findall(text) if bare(f"{method} {path}") not in served]
    paths = {operation.partition(" ")[2] for operation in served}
    return found + [path for path in _PATH.findall(_OPERATION.sub("", code)) if bare(path) not in paths]


def test_what_the_documents_name_exists() -> None:
    known = {"targets": makes(), "settings": variables() | _WRITTEN, "served": operations()}
    pages = [page for page in documents() if named(page) not in _OF_THE_PAST]
    found = {(named(page), name) for page in pages for name in unknown(page.read_text(encoding="utf-8"), **known)}
    assert found == _OF_GUIDES


def test_every_variable_that_only_people_read_is_told_of() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in documents())
    assert [name for name in _WRITTEN if name not in text] == []
    assert _WRITTEN & variables() == set()


_KNOWN = {"targets": {"test"}, "settings": {"LOCKSTEP_HOST"}, "served": {"GET /runs/{}", "POST /v1/messages"}}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Run `make tests`.", "make tests"),
        ("```sh\nA=1 make testing ENV=dev\n```", "make testing"),
        ("Set LOCKSTEP_HOSTS to it.", "LOCKSTEP_HOSTS"),
        ("`LOCKSTEP_HOST_NAME` says it.", "LOCKSTEP_HOST_NAME"),
        ("`GET /run/{id}` answers.", "GET /run/{id}"),
        ("`DELETE /api/v1/runs/{id}` ends it.", "DELETE /api/v1/runs/{id}"),
        ("```sh\ncurl $LOCKSTEP_HOST/api/v1/runs\ncurl \"$API_URL/api/v1/run\"\n```", "/api/v1/run"),
        ("As `/v1/message` does.", "/v1/message"),
    ],
)  # fmt: skip
def test_a_name_of_what_is_not_there_is_found(text: str, name: str) -> None:
    assert name in unknown(text, **_KNOWN)


@pytest.mark.parametrize(
    "text",
    [
        "Run `make test`, and make sure of it.",
        "`LOCKSTEP_HOST` and `LOCKSTEP_…`",
        "`GET /runs/{run_id}` and `GET /api/v1/runs/{id}`, also of `/api/v1/runs/{id}?x=1`",
        "`POST /v1/messages`, `/v1/messages`",
    ],
)
def test_a_name_of_what_is_there_is_not_found(text: str) -> None:
    assert unknown(text, **_KNOWN) == []
