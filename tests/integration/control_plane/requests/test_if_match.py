"""Whoever says what they have seen changes that and nothing else, at each door that changes what can be read."""

import asyncio
import functools
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.operations import Operation, operations_in, operations_of
from fixtures.api.problems import problem
from fixtures.api.unopened_apps import unopened_api
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.tags import version_of
from fixtures.tool_sources.openapi_documents import pets

NOOP = {"steps": [{"name": "a", "kind": "noop"}]}
HOSTS = ["example.com"]
WITHOUT = {
    "PUT /users/me/active-tenant": "it says which tenant the next token is for, and shows nothing of before",
    "DELETE /users/me/tenants/{tenant_id}": "whoever leaves does so whatever the tenant is now",
    "DELETE /tenants/{tenant_id}": "its name confirms it, and days pass until it begins",
    "DELETE /tenants/{tenant_id}/deletion": "there is one deletion, which has begun or has not",
    "DELETE /invitations/{invitation_id}": "an invitation is revoked or not, and has nothing else that changes",
    "DELETE /artifacts/{artifact_id}": "the bytes of an artifact never change",
    "DELETE /operations/break-glass-accesses/{access_id}": "an access is open or has ended, and never changes else",
    "DELETE /runs/{run_id}/steps/{name}/checkpoints/{turn}": "a checkpoint never changes",
    "DELETE /breakers/{provider}/{model}": "a breaker changes by itself, with every call",
}
"""Doors that take no `If-Match`, and why."""


@dataclass(frozen=True)
class Door:
    """A thing at its path, and a request that changes it."""

    method: str
    path: str
    body: Any = None
    operators: bool = False


@dataclass
class People:
    """Those who call."""

    owner: httpx.AsyncClient
    operator: httpx.AsyncClient
    tenant: Tenant

    async def ask(self, door: Door, tag: str | None, **headers: str) -> httpx.Response:
        who = self.operator if door.operators else self.owner
        given = {} if tag is None else {"if-match": tag}
        return await who.request(door.method, door.path, json=door.body, headers={**given, **headers})

    async def tag(self, door: Door) -> str:
        who = self.operator if door.operators else self.owner
        answer = await who.get(door.path)
        assert answer.status_code == 200, answer.text
        return answer.headers["etag"]

    async def make(self, path: str, **body: Any) -> str:
        made = await self.owner.post(path, json=body)
        assert made.status_code == 201, made.text
        return f"{path}/{made.json()['id']}"


@pytest.fixture
async def people(lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant) -> AsyncIterator[People]:
    async with AsyncExitStack() as stack:
        owner = await stack.enter_async_context(lonely_api.caller(tenant))
        operator = await stack.enter_async_context(lonely_api.operator())
        yield People(owner, operator, tenant)
    with scratch.superuser() as connection:
        connection.execute("DELETE FROM platform_kill_switch")
        connection.execute("DELETE FROM kill_switches")
        connection.execute("UPDATE tenants SET settings = '{}' WHERE tenant_id = %s", [tenant.tenant_id])


MADE: dict[str, tuple[str, dict[str, Any], str, dict[str, Any] | None]] = {
    "schedule": ("/schedules", {"name": "s", "task_id": "TASK", "every_seconds": 3600}, "PATCH", {"name": "t"}),
    "trigger": ("/triggers", {"name": "g", "task_id": "TASK"}, "PATCH", {"name": "h"}),
    "webhook": (
        "/webhooks",
        {"name": "w", "url": "https://example.com/", "events": ["run.*"]},
        "PATCH",
        {"name": "x"},
    ),
    "role": (
        "/roles",
        {"name": "MARK", "permissions": ["runs:read"]},
        "PUT",
        {"name": "MARK too", "permissions": ["runs:read"]},
    ),
    "service account": ("/service-accounts", {"name": "a", "role": "viewer"}, "DELETE", None),
    "renamed account": ("/service-accounts", {"name": "MARK", "role": "viewer"}, "PATCH", {"name": "MARK-2"}),
    "key": ("/api-keys", {"name": "k", "scopes": ["api"]}, "DELETE", None),
    "renamed key": ("/api-keys", {"name": "k", "scopes": ["api"]}, "PATCH", {"name": "l"}),
}
"""Things that a POST makes: where and of what, and how they are changed."""
PUTS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "budget": ("/budgets/tenant/TENANT/day", {"cost_usd": "1"}, {"cost_usd": "2"}),
    "secret": ("/secrets/MARK", {"value": "v", "hosts": HOSTS}, {"value": "w", "hosts": HOSTS}),
}
"""Things that a first PUT makes and the next ones change."""
MAKING: dict[str, dict[str, Any]] = {
    "/budgets/tenant/TENANT/month": {"cost_usd": "1"},
    "/secrets/MARK": {"value": "v", "hosts": HOSTS},
    "/tool-sources/MARK": {"document": pets()},
}
"""Where a PUT makes what is not there."""
POLICIES: dict[str, dict[str, Any]] = {
    "kill-switch": {"engaged": True, "reason": "a key has leaked"},
    "limits": {"tenant": {"at_once": 20}},
    "budget-policy": {"bounds": {"mode": "estimate", "margin": "1.5", "typical_output": 100}},
    "concurrency": {"steps": 20},
    "egress-policy": {"hosts": HOSTS},
    "quota-policy": {"tenant": {"open_runs": 50}},
    "retention-policy": {"prompts": 30},
    "provider-policy": {"regions": ["eu"]},
}
"""Things that are always there."""
OPERATORS: dict[str, tuple[str, dict[str, Any]]] = {
    "bounds": ("/tenants/TENANT/bounds", {"quotas": {"tenant": {"open_runs": 7}}}),
    "platform's kill switch": ("/operations/kill-switch", {"engaged": True, "reason": "all is to stop"}),
}
ENDED = ("archived task", "service account", "key")
NAMES = ("task", "archived task", "tenant", *MADE, *PUTS, *POLICIES, *OPERATORS)


async def things(people: People, name: str) -> Door:
    """A door of this kind, with what it needs made before it."""
    mark = f"m{uuid4().hex[:12]}"
    task = await people.make("/tasks", name=mark, **NOOP)
    words = {"TENANT": str(people.tenant.tenant_id), "TASK": task.rpartition("/")[2], "MARK": mark}

    def filled(value: Any) -> Any:
        return json.loads(functools.reduce(lambda text, word: text.replace(*word), words.items(), json.dumps(value)))

    if name in MADE:
        path, body, method, change = filled(MADE[name])
        return Door(method, await people.make(path, **body), change)
    if name in PUTS:
        path, body, change = filled(PUTS[name])
        assert (await people.owner.put(path, json=body)).is_success
        return Door("PUT", path, change)
    if name in OPERATORS:
        path, change = filled(OPERATORS[name])
        return Door("PUT", path, change, operators=True)
    others = {
        "task": Door("PATCH", task, {"name": f"{mark} too", **NOOP}),
        "archived task": Door("DELETE", task),
        "tenant": Door("PATCH", filled("/tenants/TENANT"), {"contact_email": f"{mark}@example.com"}),
    }
    return others[name] if name in others else Door("PUT", f"/{name}", POLICIES[name])


@pytest.mark.parametrize("name", NAMES)
async def test_what_was_seen_is_changed_and_nothing_else(people: People, name: str) -> None:
    door = await things(people, name)
    tag = await people.tag(door)
    for other in ('"999"', '"of-another-thing"', f"W/{tag}", '"1000", "1001"'):
        problem(await people.ask(door, other), 412, "version_mismatch")
    for nonsense in ("what I saw", '"1', "", tag.strip('"')):
        problem(await people.ask(door, nonsense), 400, "bad_request")
    assert await people.tag(door) == tag, "what was refused has changed nothing"
    changed = await people.ask(door, f'"999", {tag}')
    assert changed.status_code in {200, 204}, changed.text
    if door.method != "DELETE":
        assert changed.headers["etag"] != tag
        shown = await (people.operator if door.operators else people.owner).get(door.path)
        assert version_of(changed) == version_of(shown)
        assert (changed.headers["etag"] == shown.headers["etag"]) == (changed.content == shown.content)
        problem(await people.ask(door, tag), 412, "version_mismatch")
        assert (await people.ask(door, "*")).status_code == 200


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ENDED])
async def test_of_several_who_saw_the_same_one_changes_it(people: People, name: str) -> None:
    door = await things(people, name)
    tag = await people.tag(door)
    answers = await asyncio.gather(*(people.ask(door, tag) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]


@pytest.mark.parametrize(
    ("path", "body"),
    [("/budgets/tenant/TENANT/month", {"cost_usd": "2"}), ("/secrets/not-there", {"value": "w", "hosts": HOSTS})],
)
async def test_a_star_makes_nothing(people: People, path: str, body: dict[str, Any]) -> None:
    path = path.replace("TENANT", str(people.tenant.tenant_id))
    problem(await people.owner.put(path, json=body, headers={"if-match": "*"}), 412, "version_mismatch")
    assert (await people.owner.get(path)).status_code == 404


@pytest.mark.parametrize("name", [*PUTS, *POLICIES, *OPERATORS, "role"])
async def test_what_is_there_is_not_made_again(people: People, name: str) -> None:
    door = await things(people, name)
    tag = await people.tag(door)
    problem(await people.ask(door, None, **{"if-none-match": "*"}), 412, "version_mismatch")
    problem(await people.ask(door, tag, **{"if-none-match": "*"}), 400, "bad_request", pointer="/header/if-none-match")
    problem(await people.ask(door, None, **{"if-none-match": tag}), 400, "bad_request", pointer="/header/if-none-match")
    assert await people.tag(door) == tag, "what was refused has changed nothing"


@pytest.mark.parametrize("path", MAKING)
async def test_of_several_who_make_what_is_not_there_one_does(people: People, path: str) -> None:
    door = Door("PUT", path.replace("TENANT", str(people.tenant.tenant_id)).replace("MARK", f"m{uuid4().hex[:12]}"))
    door = Door(door.method, door.path, MAKING[path])
    answers = await asyncio.gather(*(people.ask(door, None, **{"if-none-match": "*"}) for _ in range(4)))
    assert sorted(one.status_code // 100 * 100 for one in answers) == [200, 400, 400, 400], [a.text for a in answers]
    for refused in (one for one in answers if one.is_error):
        problem(refused, 412, "version_mismatch")
    assert (await people.owner.delete(door.path)).status_code == 204
    again = await people.ask(door, None, **{"if-none-match": "*"})
    assert again.is_success, "what was deleted is not there"


def test_each_put_of_what_can_be_read_can_be_told_to_make_only() -> None:
    document = unopened_api().openapi()
    puts = [one for one in operations_in(document) if one.method == "PUT"]
    taking = {header: {one.name for one in puts if header in _headers(one)} for header in ("If-Match", "If-None-Match")}
    assert taking["If-Match"] == taking["If-None-Match"]
    makes = {path.split("/")[3] for path, item in document["paths"].items() if "201" in _answers(item, "put")}
    assert makes == {path.split("/")[1] for path in MAKING}


def _answers(item: dict[str, Any], method: str) -> dict[str, Any]:
    answers: dict[str, Any] = item.get(method, {}).get("responses", {})
    return answers


def _headers(operation: Operation) -> set[str]:
    return {one["name"].title() for one in operation.parameters}


UNHEEDED = [
    (operation, header)
    for operation in operations_of(unopened_api())
    for header in ("If-Match", "If-None-Match")
    if not operation.public
    and header not in _headers(operation)
    and not (operation.method == "GET" and header == "If-None-Match")
]


@pytest.mark.parametrize(("operation", "header"), UNHEEDED, ids=lambda one: one if isinstance(one, str) else one.name)
async def test_a_condition_that_nobody_heeds_is_refused(
    lonely_api: ApiInProcess, tenant: Tenant, operation: Operation, header: str
) -> None:
    async with lonely_api.caller(tenant) as owner:
        path = f"http://test{operation.path_with(str(uuid4()))}"
        answer = await owner.request(operation.method, path, json=operation.example, headers={header: "*"})
    problem(answer, 400, "bad_request", pointer=f"/header/{header.lower()}")


async def test_tags_in_two_lines_are_one_list(people: People) -> None:
    door = await things(people, "concurrency")
    lines = [("if-match", '"999"'), ("if-match", await people.tag(door))]
    answer = await people.owner.put(door.path, json=door.body, headers=lines)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("name", NAMES)
async def test_who_has_it_already_is_sent_nothing(people: People, name: str) -> None:
    door = await things(people, name)
    tag = await people.tag(door)
    who = people.operator if door.operators else people.owner
    for known in (tag, f"W/{tag}", f'"999", {tag}', "*"):
        answer = await who.get(door.path, headers={"if-none-match": known})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    answer = await who.get(door.path, headers={"if-none-match": '"999"'})
    assert (answer.status_code, answer.headers["etag"]) == (200, tag)


def test_each_door_that_changes_what_can_be_read_takes_what_was_seen() -> None:
    paths = unopened_api().openapi()["paths"]
    without = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, item in paths.items()
        for method, operation in item.items()
        if method in {"put", "patch", "delete"}
        and "If-Match" not in {one["name"].title() for one in operation.get("parameters", [])}
    }
    assert without == WITHOUT.keys()
