"""A signed call starts one run for its id; whoever does not know the secret learns nothing and starts nothing."""

import asyncio
import base64
import gzip
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from control_plane.integrations.triggers.signed_calls import MAX_PAYLOAD_BYTES
from control_plane.requests.failed_attempts import MOST_FAILURES, FailedAttempts
from fixtures.api.api_in_process import ApiInProcess, api_in_process
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Signing, Tenant
from fixtures.machine.free_port import free_port
from fixtures.machine.postgres import ScratchDatabase
from fixtures.tags import version_of
from foundation.domain.ids import new_uuid

FORM = {"type": "object", "properties": {"ticket": {"type": "integer"}}, "required": ["ticket"]}


def signed(secret: str, body: bytes, *, message_id: str, at: float | None = None) -> dict[str, str]:
    """The headers as a library of Standard Webhooks makes them."""
    seconds = str(int(time.time() if at is None else at))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signature = hmac.digest(key, f"{message_id}.{seconds}.".encode() + body, hashlib.sha256)
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }


@dataclass
class TriggerBench:
    """One tenant with a task, and somebody outside who signs in nowhere."""

    api: ApiInProcess
    tenant: Tenant
    scratch: ScratchDatabase
    task_id: str

    async def trigger(self, **members: Any) -> dict[str, Any]:
        async with self.api.caller(self.tenant) as owner:
            made = await owner.post("/triggers", json={"name": "tickets", "task_id": self.task_id, **members})
        assert made.status_code == 201, made.text
        document: dict[str, Any] = made.json()
        return document

    async def send(self, path: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
        transport = httpx.ASGITransport(app=self.api.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as outside:
            return await outside.post(path, content=body, headers=headers)

    async def call(self, trigger: dict[str, Any], payload: Any = None, **how: Any) -> httpx.Response:
        body = json.dumps({"ticket": 12} if payload is None else payload).encode()
        how.setdefault("message_id", f"msg_{new_uuid().hex}")
        return await self.send(trigger["path"], body, signed(trigger["secret"], body, **how))

    async def calls(self, trigger: dict[str, Any], **params: str) -> list[dict[str, Any]]:
        async with self.api.caller(self.tenant) as owner:
            page = await owner.get(f"/triggers/{trigger['id']}/calls", params=params)
        items: list[dict[str, Any]] = page.json()["items"]
        return items

    def runs(self) -> int:
        with self.scratch.superuser() as connection:
            query = "SELECT count(*) FROM runs WHERE tenant_id = %s"
            return int(str(connection.execute(query, [self.tenant.tenant_id]).fetchall()[0][0]))


@pytest.fixture
async def bench(lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase) -> TriggerBench:
    object.__setattr__(lonely_api.app.state.resources, "failed_attempts", FailedAttempts())
    async with lonely_api.caller(tenant) as owner:
        task = await owner.post("/tasks", json={"name": "a task", "steps": [{"name": "wait", "kind": "noop"}]})
    return TriggerBench(lonely_api, tenant, scratch, task.json()["id"])


async def test_a_signed_call_starts_one_run_for_its_id(bench: TriggerBench) -> None:
    trigger = await bench.trigger(input={"from": "tickets"}, payload_as="ticket")
    first = await bench.call(trigger, {"number": 12}, message_id="msg_1")
    assert first.status_code == 201, first.text
    again = await bench.call(trigger, {"number": 12}, message_id="msg_1")
    assert (again.status_code, again.json()) == (200, first.json())
    assert bench.runs() == 1
    async with bench.api.caller(bench.tenant) as owner:
        run = (await owner.get(f"/runs/{first.json()['run_id']}")).json()
        [created] = (await owner.get(f"/runs/{run['id']}/events")).json()["items"]
    assert run["input"] == {"from": "tickets", "ticket": {"number": 12}}
    assert created["data"]["actor"] == f"trigger:{trigger['id']}"
    [call] = await bench.calls(trigger)
    assert (call["message_id"], call["status"], call["run_id"]) == ("msg_1", "started", run["id"])
    other = await bench.call(trigger, {"number": 13}, message_id="msg_1")
    assert (other.status_code, other.json()["detail"]) == (422, "this webhook-id was used for another body")
    assert (await bench.call(trigger)).status_code == 201
    assert bench.runs() == 2


async def test_one_id_at_many_doors_at_once_starts_one_run(bench: TriggerBench) -> None:
    trigger = await bench.trigger()
    answers = await asyncio.gather(*(bench.call(trigger, message_id="msg_same") for _ in range(8)))
    assert sorted(one.status_code for one in answers) == [200] * 7 + [201]
    assert len({one.json()["run_id"] for one in answers}) == 1
    assert bench.runs() == 1


async def test_unknown_deleted_and_wrongly_signed_are_told_in_the_same_words(bench: TriggerBench) -> None:
    trigger, deleted = await bench.trigger(), await bench.trigger()
    async with bench.api.caller(bench.tenant) as owner:
        assert (await owner.delete(f"/triggers/{deleted['id']}")).status_code == 204
    tenant_id, trigger_id = str(bench.tenant.tenant_id), trigger["id"]
    foreign = await bench.trigger()
    tries = [
        deleted,
        {**trigger, "secret": foreign["secret"]},
        {**trigger, "path": trigger["path"].replace(trigger_id, str(new_uuid()))},
        {**trigger, "path": trigger["path"].replace(tenant_id, str(new_uuid()))},
        {**trigger, "path": foreign["path"]},
    ]
    told = []
    for one in tries:
        answer = await bench.call(one)
        problem = answer.json()
        told.append((answer.status_code, {name: problem[name] for name in ("type", "title", "detail", "remedy")}))
    assert [status for status, _ in told] == [401] * len(tries)
    assert all(one == told[0] for one in told)
    assert told[0][1]["detail"] == "no trigger here is opened by this signature"
    assert bench.runs() == 0
    assert await bench.calls(trigger) == []


BODY = b'{"ticket":12}'
NO_ID = (
    "webhook-id: it has 1 to 128 letters, digits, - and _,"
    " and no dot, which parts it from the timestamp in what is signed"
)


@pytest.mark.parametrize(
    ("changed", "status", "detail"),
    [
        ({"webhook-id": None}, 400, "webhook-id: it is missing"),
        ({"webhook-timestamp": None}, 400, "webhook-timestamp: it is missing"),
        ({"webhook-signature": None}, 400, "webhook-signature: it is missing"),
        ({"webhook-id": "a b"}, 400, NO_ID),
        ({"webhook-id": "x" * 129}, 400, NO_ID),
        # The dot parts it from the timestamp: one signature would open two different calls.
        ({"webhook-id": "m-1.1796145809"}, 400, NO_ID),
        ({"webhook-id": "other"}, 401, "no trigger here is opened by this signature"),
        ({"webhook-timestamp": "soon"}, 400, "webhook-timestamp: it is a number of seconds since 1970"),
        ({"webhook-timestamp": "-1"}, 400, "webhook-timestamp: it is a number of seconds since 1970"),
        ({"webhook-timestamp": "9" * 13}, 400, "webhook-timestamp: it is a number of seconds since 1970"),
        (
            {"webhook-timestamp": "0"},
            401,
            "webhook-timestamp is more than 300 s off: the message is old, or a clock is wrong",
        ),
        (
            {"webhook-timestamp": "9" * 12},
            401,
            "webhook-timestamp is more than 300 s off: the message is old, or a clock is wrong",
        ),
        ({"webhook-signature": "v1,%%%"}, 400, "webhook-signature: a signature is `v1,` and base64"),
        ({"webhook-signature": "v1,"}, 401, "no trigger here is opened by this signature"),
        ({"webhook-signature": "v2,AAAA"}, 401, "no trigger here is opened by this signature"),
        ({"webhook-signature": "v1,AAAA"}, 401, "no trigger here is opened by this signature"),
        (
            {"webhook-signature": " ".join(["v1,AAAA"] * 11)},
            400,
            "webhook-signature: it has 11 signatures; at most 10 are looked at",
        ),
    ],
)
async def test_what_is_sent_to_the_open_door_is_refused_in_a_sentence(
    bench: TriggerBench, changed: dict[str, str | None], status: int, detail: str
) -> None:
    trigger = await bench.trigger()
    headers = signed(trigger["secret"], BODY, message_id="msg_1") | {
        name: value for name, value in changed.items() if value is not None
    }
    sent = {name: value for name, value in headers.items() if changed.get(name, "") is not None}
    answer = await bench.send(trigger["path"], BODY, sent)
    assert (answer.status_code, answer.json()["detail"]) == (status, detail), answer.text
    assert bench.runs() == 0


async def test_a_body_that_was_changed_or_is_too_large_or_no_json_starts_nothing(bench: TriggerBench) -> None:
    trigger = await bench.trigger(payload_form=FORM)
    headers = signed(trigger["secret"], BODY, message_id="msg_1")
    assert (await bench.send(trigger["path"], BODY + b" ", headers)).status_code == 401
    large = b'"' + b"a" * MAX_PAYLOAD_BYTES + b'"'
    answer = await bench.send(trigger["path"], large, signed(trigger["secret"], large, message_id="msg_2"))
    assert (answer.status_code, answer.json()["detail"]) == (413, "the body has 65538 bytes; at most 65536 are taken")
    for number, (body, kind, status) in enumerate(
        (
            (BODY, "text/plain", 415),
            (b"{", "application/json", 400),
            (b"", "application/json", 400),
            (b'{"ticket": NaN}', "application/json", 400),
            (b'{"ticket": "\\u0000"}', "application/json", 400),
            (b"\xff", "application/json", 400),
            (b"[" * 2000, "application/json", 400),
            (b'{"a": 1, "a": 2}', "application/json", 400),
            (b'{"ticket": "twelve"}', "application/json", 400),
            (b"[12]", "application/json", 400),
        )
    ):
        headers = {**signed(trigger["secret"], body, message_id=f"bad_{number}"), "content-type": kind}
        answer = await bench.send(trigger["path"], body, headers)
        assert answer.status_code == status, (body, answer.text)
    assert bench.runs() == 0
    refused = await bench.calls(trigger, status="refused")
    assert {one["reason"] for one in refused} == {"payload_refused"}
    assert {one["message_id"] for one in refused} == {f"bad_{number}" for number in range(10)}
    good = await bench.call(trigger, {"ticket": 12}, message_id="bad_0")
    assert good.status_code == 201, "a call that was refused may come again under its id"


async def test_an_encoded_body_is_refused_and_stands_in_the_list(bench: TriggerBench) -> None:
    trigger, body = await bench.trigger(), gzip.compress(BODY)
    headers = {**signed(trigger["secret"], body, message_id="zipped"), "content-encoding": "gzip"}
    problem(await bench.send(trigger["path"], body, headers), 415, "unsupported_media_type")
    [call] = await bench.calls(trigger)
    assert (call["message_id"], call["reason"]) == ("zipped", "payload_refused")
    assert "content encoding" in call["detail"]
    unsigned = {**headers, "webhook-signature": "v1,AAAA"}
    assert (await bench.send(trigger["path"], body, unsigned)).status_code == 401
    assert len(await bench.calls(trigger)) == 1


async def test_two_secrets_open_it_while_they_overlap(bench: TriggerBench) -> None:
    trigger = await bench.trigger()
    async with bench.api.caller(bench.tenant) as owner:
        path = f"/triggers/{trigger['id']}"
        rotated = (await owner.post(f"{path}/rotate-secret", json={"overlap_seconds": 3600})).json()
        assert rotated["secret"] != trigger["secret"]
        assert "secret" not in (await owner.get(path)).json()
        for one in (trigger, rotated):
            assert (await bench.call(one)).status_code == 201
        last = (await owner.post(f"{path}/rotate-secret", json={"end_overlap": True})).json()
    assert [(await bench.call(one)).status_code for one in (trigger, rotated, last)] == [401, 401, 201]


async def test_who_asks_for_the_next_secret_may_start_runs_and_is_whom_they_run_as_from_then_on(
    bench: TriggerBench,
) -> None:
    trigger = await bench.trigger()
    path = f"/triggers/{trigger['id']}"
    async with bench.api.caller(bench.tenant) as owner:
        narrow = {"name": "gardener", "scopes": ["api"], "permissions": ["triggers:read", "triggers:write"]}
        key = (await owner.post("/api-keys", json=narrow)).json()["key"]
        async with bench.api.bearing(key) as gardener:
            refused = await gardener.post(f"{path}/rotate-secret", json={"overlap_seconds": 0})
            assert refused.status_code == 403, refused.text
        assert (await bench.call(trigger)).status_code == 201
        member = bench.api.member(bench.tenant, role="admin")
        async with bench.api.as_user(bench.tenant, member) as admin:
            rotated = (await admin.post(f"{path}/rotate-secret", json={})).json()
        assert (await owner.get(path)).json()["runs_as"] == str(member)
    assert (await bench.call(rotated)).status_code == 201


async def test_what_is_paused_or_not_permitted_any_more_is_refused_and_listed(bench: TriggerBench) -> None:
    user_id = bench.api.member(bench.tenant, role="member")
    async with bench.api.as_user(bench.tenant, user_id) as member:
        made = await member.post("/triggers", json={"name": "x", "task_id": bench.task_id})
        trigger = made.json()
        assert (await member.patch(f"/triggers/{trigger['id']}", json={"paused": True})).status_code == 200
        paused = await bench.call(trigger)
        assert (paused.status_code, paused.json()["detail"]) == (409, "the trigger is paused")
        assert (await member.patch(f"/triggers/{trigger['id']}", json={"paused": False})).status_code == 200
    async with bench.api.caller(bench.tenant) as owner:
        assert (await owner.patch(f"/members/{user_id}", json={"role": "viewer"})).status_code == 200
    assert (await bench.call(trigger)).status_code == 403
    assert [one["reason"] for one in await bench.calls(trigger)] == ["not_permitted", "paused"]


async def test_a_call_into_a_suspended_tenant_is_told_so_and_not_why(bench: TriggerBench, tenant: Tenant) -> None:
    trigger = await bench.trigger()
    with bench.scratch.superuser() as connection:
        connection.execute(
            "UPDATE tenants SET suspended_at = now(), suspended_reason = 'unpaid' WHERE tenant_id = %s",
            [tenant.tenant_id],
        )
    told = problem(await bench.call(trigger), 403, "tenant_suspended")
    assert told["detail"] == "the tenant is suspended"
    assert bench.runs() == 0


async def test_more_calls_than_a_minute_may_have_are_told_when_to_come_again(bench: TriggerBench) -> None:
    trigger = await bench.trigger(calls_per_minute=2)
    assert [(await bench.call(trigger, message_id=f"m{number}")).status_code for number in range(2)] == [201, 201]
    beyond = await bench.call(trigger)
    assert (beyond.status_code, beyond.json()["detail"]) == (429, "the trigger takes 2 calls a minute")
    assert 1 <= int(beyond.headers["retry-after"]) <= 60
    assert (await bench.call(trigger, message_id="m1")).status_code == 200


async def test_whoever_guesses_is_held_off(bench: TriggerBench) -> None:
    trigger = await bench.trigger()
    wrong = {**trigger, "secret": (await bench.trigger())["secret"]}
    for _ in range(MOST_FAILURES):
        assert (await bench.call(wrong)).status_code == 401
    assert (await bench.call(wrong)).status_code == 429
    assert (await bench.call(trigger)).status_code == 429
    assert (await bench.call(await bench.trigger())).status_code == 201, "another trigger has nothing to do with it"


async def test_a_trigger_is_made_changed_listed_and_deleted(bench: TriggerBench, audited: Any) -> None:
    trigger = await bench.trigger(input={"secret": "penguins"})
    path = f"/triggers/{trigger['id']}"
    async with bench.api.caller(bench.tenant) as owner:
        assert trigger["secret"].startswith("whsec_")
        shown = await owner.get(path)
        assert shown.json() == {name: value for name, value in trigger.items() if name != "secret"}
        assert version_of(shown) == '"1"'
        changed = await owner.patch(path, json={"payload_form": FORM}, headers={"If-Match": '"1"'})
        assert (changed.json()["payload_form"], changed.json()["version"]) == (FORM, 2)
        assert (await owner.patch(path, json={"name": "x"}, headers={"If-Match": '"1"'})).status_code == 412
        assert (await owner.patch(path, json={"payload_form": None})).json()["payload_form"] is None
        items = (await owner.get("/triggers", params={"task_id": bench.task_id})).json()["items"]
        assert [item["id"] for item in items] == [trigger["id"]]
        assert "input" not in items[0]
        for body, pointer in (
            ({"name": ""}, "/body/name"),
            ({"payload_as": "a b"}, "/body/payload_as"),
            ({"payload_as": "secret"}, "/body/payload_as"),
            ({"payload_form": {"type": "array"}}, "/body/payload_form"),
            ({"payload_form": {"type": "object", "patternProperties": {}}}, "/body/payload_form"),
            ({"calls_per_minute": 0}, "/body/calls_per_minute"),
            ({"calls_per_minute": 601}, "/body/calls_per_minute"),
            ({"runs_as": str(new_uuid())}, "/body/runs_as"),
        ):
            answer = await owner.patch(path, json=body)
            assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer), answer.text
        missing = await owner.post("/triggers", json={"name": "x", "task_id": str(new_uuid())})
        assert missing.status_code == 404
        assert (await owner.delete(path)).status_code == 204
        assert [(await owner.get(one)).status_code for one in (path, f"{path}/calls")] == [404, 404]
    rows = [row for row in audited() if row[1].startswith("trigger.")]
    assert [row[1] for row in rows] == ["trigger.create", "trigger.change", "trigger.change", "trigger.delete"]
    assert "whsec_" not in str(rows)
    assert "penguins" not in str(rows)


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("member", 201)])
async def test_who_may_start_runs_may_make_a_trigger(bench: TriggerBench, role: str, status: int) -> None:
    async with bench.api.caller(bench.tenant, role=role) as caller:
        made = await caller.post("/triggers", json={"name": "x", "task_id": bench.task_id})
        assert made.status_code == status
        assert (await caller.get("/triggers")).status_code == 200


async def test_a_tenant_has_fifty(bench: TriggerBench) -> None:
    trigger = await bench.trigger()
    with bench.scratch.superuser() as connection:
        connection.execute(
            """INSERT INTO triggers (tenant_id, trigger_id, name, task_id, runs_as)
               SELECT tenant_id, gen_random_uuid(), name, task_id, runs_as
               FROM triggers, generate_series(1, 49) WHERE trigger_id = %s""",
            [UUID(trigger["id"])],
        )
    async with bench.api.caller(bench.tenant) as owner:
        refused = await owner.post("/triggers", json={"name": "x", "task_id": bench.task_id})
    assert (refused.status_code, refused.json()["detail"]) == (409, "the tenant has 50 triggers")


async def test_a_signed_call_uses_up_nothing_of_its_address(
    scratch: ScratchDatabase, signing: Signing, tenant: Tenant
) -> None:
    limits: dict[str, Any] = {"rate_limit_address": 1, "rate_limit_address_burst": 3}
    nowhere = f"http://127.0.0.1:{free_port()}"
    async with api_in_process(scratch, gateway_url=nowhere, signing=signing, **limits) as api:
        async with api.caller(tenant) as owner:
            task = await owner.post("/tasks", json={"name": "a task", "steps": [{"name": "wait", "kind": "noop"}]})
        bench = TriggerBench(api, tenant, scratch, task.json()["id"])
        trigger = await bench.trigger()
        assert {(await bench.call(trigger)).status_code for _ in range(20)} == {201}
