"""One list of bad values through every door of every service: never 500, never altered, nothing written.

The doors are enumerated from the documents of the services and from the tools' schemas, so that a new one is tried
without being named here; only the vendors' paths of the gateway, which have no document of ours, are listed.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import boto3
import httpx
import pytest

from fixtures.api.bad_values import LARGE, NEVER_TAKEN, TAKEN_AS_THEY_ARE, TEXTS, places, with_text_at
from fixtures.api.operations import Operation, operations_in
from fixtures.api.row_counts import rows_of
from fixtures.api.unopened_apps import UNOPENED
from fixtures.running.stack import Member, Stack, new_member
from fixtures.sandboxing.launchers import a_job
from foundation.contracts.tools.catalogue import TOOLS
from foundation.domain.ids import new_uuid
from foundation.http.service_tokens import ServiceTokenSigner

pytestmark = pytest.mark.stack

TABLES = ("tasks", "task_versions", "runs", "steps", "outbox", "run_events", "artifacts", "budgets", "llm_events")

_MESSAGES = [{"role": "user", "content": "hello"}]
VENDORS: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": {"model": "default", "messages": _MESSAGES, "max_tokens": 5, "stop": ["x"]},
    "/v1/messages": {"model": "default", "messages": _MESSAGES, "max_tokens": 5, "system": "s", "metadata": {}},
    "/v1/messages/count_tokens": {"model": "default", "messages": _MESSAGES},
    "/v1/responses": {"model": "default", "input": [{"role": "user", "content": "hello"}], "max_output_tokens": 16},
    "/v1/embeddings": {"model": "default", "input": ["hello"]},
}


@dataclass(frozen=True, slots=True)
class Door:
    """One method and path of a running service, with who may use it."""

    service: str
    operation: Operation

    def __str__(self) -> str:
        return f"{self.service} {self.operation.name}"


def _doors() -> list[Door]:
    """Of the control plane and the launcher; those of the gateway are read from the running one."""
    return [Door(name, one) for name, build in UNOPENED.items() for one in operations_in(build().openapi())]


DOORS = _doors()
BODIES = [door for door in DOORS if door.operation.body is not None]


@pytest.fixture(scope="module")
def owner(stack: Stack) -> Member:
    return new_member(stack)


@pytest.fixture(scope="module")
def clients(stack: Stack, owner: Member) -> Iterator[dict[str, httpx.Client]]:
    key = boto3.client("secretsmanager").get_secret_value(SecretId="lockstep/service-signing-key")["SecretString"]

    def service(url: str, name: str, audience: str) -> httpx.Client:
        token = ServiceTokenSigner(json.loads(key), service=name).service_token(audience)
        return httpx.Client(base_url=url, headers={"authorization": f"Bearer {token}"}, timeout=60)

    opened = {
        "control plane": httpx.Client(
            base_url=stack["LOCKSTEP_API_URL"], headers={"authorization": f"Bearer {owner.token}"}, timeout=60
        ),
        "launcher": service(stack["LOCKSTEP_LAUNCHER_URL"], "orchestrator", "tool_runtime"),
        "gateway": service(stack["LOCKSTEP_GATEWAY_URL"], "control_plane", "llm_gateway"),
        "vendors": httpx.Client(
            base_url=stack["LOCKSTEP_GATEWAY_URL"],
            headers={"authorization": f"Bearer {_gateway_key(owner)}", "anthropic-version": "2023-06-01"},
            timeout=60,
        ),
    }
    yield opened
    for client in opened.values():
        client.close()


def _gateway_key(owner: Member) -> str:
    key = "lsk_" + secrets.token_urlsafe(24)
    with owner.stack.superuser() as connection:
        connection.execute(
            "INSERT INTO api_keys (tenant_id, api_key_id, user_id, name, hash, hint, scopes)"
            " VALUES (%s, %s, %s, 'doors', %s, 'lsk_', ARRAY['gateway'])",
            [owner.tenant_id, new_uuid(), owner.user_id, hashlib.sha256(key.encode()).digest()],
        )
    return key


def written(owner: Member) -> dict[str, int]:
    return rows_of(owner, *TABLES)


def send(client: httpx.Client, operation: Operation, body: bytes) -> httpx.Response:
    headers = {"content-type": "application/json", **operation.if_match('"1"')}
    path = operation.path_with(str(uuid4()))
    return client.request(operation.method, path, content=body, headers=headers)


def example(door: Door) -> Any:
    """A body that the door takes; the launcher's document has none, as jobs are made by workers alone."""
    if door.operation.example is not None:
        return door.operation.example
    return json.loads(a_job().model_dump_json()) if "jobs" in door.operation.path else {}


@pytest.mark.parametrize("door", BODIES, ids=str)
def test_a_value_that_cannot_be_kept_is_refused_at_every_place_of_every_body(
    clients: dict[str, httpx.Client], owner: Member, door: Door
) -> None:
    before = written(owner)
    body = example(door)
    assert list(places(body))
    for place in places(body):
        for name, text in NEVER_TAKEN.items():
            answer = send(clients[door.service], door.operation, with_text_at(body, place, text))
            assert 400 <= answer.status_code < 500, (place, name, answer.status_code, answer.text)
            assert answer.headers["content-type"] == "application/problem+json", (place, name)
    answer = send(clients[door.service], door.operation, with_text_at(body, next(places(body)), LARGE))
    assert answer.status_code in {400, 413}, answer.text
    assert written(owner) == before


@pytest.mark.parametrize("door", BODIES, ids=str)
def test_a_value_that_is_taken_comes_back_as_it_was_sent(
    clients: dict[str, httpx.Client], owner: Member, door: Door
) -> None:
    body = example(door)
    for place in places(body):
        for name, text in TAKEN_AS_THEY_ARE.items():
            answer = send(clients[door.service], door.operation, with_text_at(body, place, text))
            assert answer.status_code < 500, (place, name, answer.text)
            if door.operation.path == "/api/v1/tasks" and answer.status_code == 201:
                assert _at(answer.json()["definition"], place) == json.loads(text), (place, name)
                assert clients[door.service].delete(f"/api/v1/tasks/{answer.json()['id']}").status_code == 204


def _at(value: Any, place: tuple[str | int, ...]) -> Any:
    for key in place:
        value = value[key]
    return value


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_no_path_and_no_query_makes_a_door_fail(clients: dict[str, httpx.Client], owner: Member, door: Door) -> None:
    client, operation, before = clients[door.service], door.operation, written(owner)
    queries = [one["name"] for one in operation.parameters if one["in"] == "query"]
    names = re.findall(r"{(\w+)}", operation.path)
    for text in TEXTS.values():
        urls = [f"{operation.path_with(str(uuid4()))}?{name}={text}" for name in queries]
        for name in names:
            path = operation.path.replace(f"{{{name}}}", text)
            urls.append(re.sub(r"{\w+}", str(uuid4()), path))
        for url in urls:
            answer = client.request(operation.method, url, headers=operation.if_match('"1"'))
            assert answer.status_code < 500, (url[:200], answer.text)
            if text in {"a%00b", "%ff%fe", "%ed%a0%bd"}:
                assert answer.status_code == 400, (url[:200], answer.text)
    assert written(owner) == before


@pytest.mark.parametrize("header", ["if-match", "idempotency-key", "traceparent", "content-type", "accept"])
@pytest.mark.parametrize(
    "value", [b"\xff\xfe", b"9" * 5000, b"NaN", b'"3000000000"', b'W/"99999999999999999999"', b"'\"{}"]
)
def test_no_header_makes_a_door_fail(clients: dict[str, httpx.Client], header: str, value: bytes) -> None:
    for door in BODIES:
        headers = {b"content-type": b"application/json", header.encode(): value}
        path = door.operation.path_with(str(uuid4()))
        answer = clients[door.service].request(door.operation.method, path, content=b'{"no": 1}', headers=headers)
        assert 400 <= answer.status_code < 500, (str(door), answer.status_code, answer.text)


@pytest.mark.parametrize("tool", sorted(TOOLS))
def test_every_argument_of_every_tool_is_refused_when_it_cannot_be_kept(
    clients: dict[str, httpx.Client], owner: Member, tool: str
) -> None:
    before = written(owner)
    job = json.loads(a_job().model_dump_json())
    for argument in TOOLS[tool].parameters["properties"]:
        step = {"name": "a", "kind": "tool", "tool": tool, "arguments": {"code": "1", argument: None}}
        doors: list[tuple[httpx.Client, str, Any, tuple[str | int, ...]]] = [
            (clients["control plane"], "/api/v1/tasks", {"name": "x", "steps": [step]}, ("steps", 0)),
            (clients["launcher"], "/jobs", {**job, "tool": tool, "arguments": step["arguments"]}, ()),
        ]
        for client, path, body, above in doors:
            for name, text in NEVER_TAKEN.items():
                content = with_text_at(body, (*above, "arguments", argument), text)
                answer = client.post(path, content=content, headers={"content-type": "application/json"})
                assert 400 <= answer.status_code < 500, (path, argument, name, answer.text)
    assert written(owner) == before


@pytest.mark.parametrize("path", VENDORS)
def test_no_call_to_a_model_is_made_of_what_cannot_be_kept(
    clients: dict[str, httpx.Client], owner: Member, path: str
) -> None:
    before = written(owner)
    for place in places(VENDORS[path]):
        for name, text in NEVER_TAKEN.items():
            content = with_text_at(VENDORS[path], place, text)
            answer = clients["vendors"].post(path, content=content, headers={"content-type": "application/json"})
            assert 400 <= answer.status_code < 500, (place, name, answer.status_code, answer.text)
            assert "error" in answer.json(), (place, name)
    assert written(owner) == before


def test_the_gateway_s_own_doors_refuse_what_cannot_be_kept(stack: Stack, clients: dict[str, httpx.Client]) -> None:
    document = httpx.get(f"{stack['LOCKSTEP_GATEWAY_URL']}/openapi.json").json()
    doors = [one for one in operations_in(document) if one.path.startswith("/internal")]
    assert len(doors) > 4
    for operation in doors:
        for text in ("a%00b", "%ff%fe", "9" * 5000):
            queries = "&".join(f"{one['name']}={text}" for one in operation.parameters if one["in"] == "query")
            url = f"{re.sub(r'{[a-z_]+}', text, operation.path)}?{queries}"
            if text in url:
                answer = clients["gateway"].request(operation.method, url)
                assert 400 <= answer.status_code < 500, (url[:200], answer.text)
        if operation.body is None:
            continue
        for text in NEVER_TAKEN.values():
            content = with_text_at({"tenant_id": str(uuid4()), "generation": 1}, ("generation",), text)
            answer = send(clients["gateway"], operation, content)
            assert 400 <= answer.status_code < 500, (operation.name, text[:50], answer.text)
