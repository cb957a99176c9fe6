"""Content expires as the tenant says: kind by kind, of runs that are over alone, and whoever reads is told."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from control_plane.governance.retention.sweeping import ContentSweeping
from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant
from fixtures.leaving.full_runs import SAID, FullRun, a_full_run
from fixtures.machine.postgres import ScratchDatabase
from foundation.cloud.objects.fake import FakeObjectStore
from foundation.domain.errors import DependencyUnavailable

NOW = datetime.now(UTC)
KINDS = ("prompts", "answers", "artifacts", "events")
WHERE = {
    "prompts": {"approvals.message", "runs.input", "turns.request"},
    "answers": {"approvals.comment", "approvals.data", "runs.output", "steps.output of ask", "turns.response"},
    "artifacts": {"runs.output", "steps.output of make", "tool_events.result"},
    "events": {"run_events.data", "spans.name"},
}
"""Which content goes with which kind; checkpoints, objects and files are looked at apart."""


@dataclass
class Clock:
    """The sweepers' clock."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at

    def days_pass(self, days: float) -> None:
        self.at += timedelta(days=days)


@dataclass
class Ground:
    """A tenant of its own, a bucket and a sweeper."""

    api: ApiInProcess
    scratch: ScratchDatabase
    tenant: Tenant
    clock: Clock = field(default_factory=Clock)

    @property
    def objects(self) -> FakeObjectStore:
        found: FakeObjectStore = self.api.app.state.resources.objects
        return found

    def sweeper(self) -> ContentSweeping:
        return ContentSweeping(self.api.app.state.resources.database, self.objects, form_seconds=900, now=self.clock)

    async def a_run(self, *, ended_days_ago: float = 0, forked_from: UUID | None = None) -> FullRun:
        at = NOW - timedelta(days=ended_days_ago)
        return await a_full_run(self.scratch, self.objects, self.tenant, ended_at=at, forked_from=forked_from)

    def settings(self, members: str) -> None:
        self.sql("UPDATE tenants SET settings = settings || %s::jsonb WHERE tenant_id = %s", members)

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.scratch.superuser() as connection:
            cursor = connection.execute(statement, [*values, self.tenant.tenant_id])
            return cursor.fetchall() if cursor.description else []

    def said(self, run: FullRun) -> set[str]:
        """Where something of the run's content still stands."""
        looked = {
            "runs.input": "SELECT input::text FROM runs WHERE run_id = %s",
            "runs.output": "SELECT output::text FROM runs WHERE run_id = %s",
            "steps.output of ask": "SELECT output::text FROM steps WHERE name = 'ask' AND run_id = %s",
            "steps.output of make": "SELECT output::text FROM steps WHERE name = 'make' AND run_id = %s",
            "turns.request": "SELECT request::text FROM turns JOIN steps USING (step_id) WHERE run_id = %s",
            "turns.response": "SELECT response::text FROM turns JOIN steps USING (step_id) WHERE run_id = %s",
            "approvals.message": "SELECT message FROM approvals WHERE run_id = %s",
            "approvals.comment": "SELECT comment FROM approvals WHERE run_id = %s",
            "approvals.data": "SELECT data::text FROM approvals WHERE run_id = %s",
            "tool_events.result": "SELECT result::text FROM tool_events WHERE run_id = %s",
            "run_events.data": "SELECT data::text FROM run_events WHERE run_id = %s",
            "spans.name": "SELECT name FROM spans WHERE run_id = %s",
        }
        with self.scratch.superuser() as connection:
            rows = {name: connection.execute(query.encode(), [run.run_id]).fetchall() for name, query in looked.items()}
        return {name for name, found in rows.items() if any(SAID in str(value) for (value,) in found)}

    def expired(self, run: FullRun) -> set[str]:
        with self.scratch.superuser() as connection:
            query = "SELECT row_to_json(r) FROM runs r WHERE run_id = %s"
            [(row,)] = connection.execute(query, [run.run_id]).fetchall()
        document: Any = row
        return {kind for kind in KINDS if document[f"{kind}_expired_at"] is not None}

    async def swept(self) -> None:
        """As long as there is something due; the next sweep of a tenant is some minutes later."""
        await self.sweeper().round()
        self.clock.at += timedelta(minutes=11)


@pytest.fixture
async def ground(lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant) -> AsyncIterator[Ground]:
    made = Ground(lonely_api, scratch, tenant)
    yield made
    made.objects.away = False
    made.sql("UPDATE tenants SET settings = '{}' WHERE tenant_id = %s")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_kind_of_content_goes_when_its_days_are_over_and_nothing_else_does(ground: Ground, kind: str) -> None:
    run = await ground.a_run()
    file, answer = run.places(ground.tenant)
    everything = set().union(*WHERE.values())
    ground.settings(f'{{"retention": {{"{kind}": 7}}}}')
    ground.clock.days_pass(6.99)
    await ground.swept()
    assert (ground.said(run), ground.expired(run)) == (everything, set())
    ground.clock.days_pass(0.02)
    await ground.swept()
    assert ground.said(run) == everything - WHERE[kind]
    assert ground.expired(run) == {kind}
    parts = ground.sql("SELECT cardinality(manifest) FROM checkpoints WHERE tenant_id = %s")
    assert parts == [(0 if kind in {"prompts", "answers"} else 1,)]
    stored = ground.sql("SELECT count(*) FROM llm_replays WHERE tenant_id = %s")
    assert stored == [(0 if kind == "answers" else 2,)]
    assert (answer in ground.objects.objects) == (kind != "answers")
    assert (file in ground.objects.objects) == (kind != "artifacts")


async def read_all(caller: httpx.AsyncClient, run: FullRun) -> dict[str, httpx.Response]:
    paths = {
        "run": f"/runs/{run.run_id}",
        "steps": f"/runs/{run.run_id}/steps",
        "events": f"/runs/{run.run_id}/events",
        "times": f"/runs/{run.run_id}/times",
        "trace": f"/runs/{run.run_id}/trace",
        "diff": f"/runs/{run.run_id}/diff/{run.run_id}",
        "checkpoints": f"/runs/{run.run_id}/steps/ask/checkpoints",
        "artifact": f"/artifacts/{run.artifact_id}",
        "artifacts": f"/runs/{run.run_id}/artifacts",
        "approval": f"/approvals/{run.approval_id}",
        "metrics": f"/runs/{run.run_id}/metrics",
        "explain": f"/runs/{run.run_id}/explain",
    }
    return {name: await caller.get(path) for name, path in paths.items()}


async def test_whoever_reads_is_told_that_it_has_expired(ground: Ground) -> None:
    run = await ground.a_run()
    ground.settings('{"retention": {"prompts": 1, "answers": 1, "artifacts": 1, "events": 1}}')
    ground.clock.days_pass(1)
    async with ground.api.caller(ground.tenant) as owner:
        before = await read_all(owner, run)
        assert {answer.status_code for answer in before.values()} == {200}
        assert before["run"].json()["expired"] == {}
        await ground.swept()
        after = await read_all(owner, run)
        stream = await owner.get(f"/runs/{run.run_id}/events", headers={"accept": "text/event-stream"})
        fork = await owner.post(f"/runs/{run.run_id}/fork", json={"from": "ask"})
    for name in ("events", "times", "trace", "diff", "checkpoints"):
        body = problem(after[name], 410, "content_expired")
        assert body["expired_at"].startswith(str(NOW.date() + timedelta(days=1)))
        assert body["retryable"] is False
    problem(stream, 410, "content_expired")
    problem(fork, 410, "content_expired")
    shown = after["run"].json()
    assert (shown["input"], shown["output"], shown["overrides"]) == (None, None, None)
    assert set(shown["expired"]) == set(KINDS)
    assert (shown["status"], shown["usage"]) == ("COMPLETED", before["run"].json()["usage"])
    assert [(step["output"], set(step["expired"])) for step in after["steps"].json()["items"]] == [
        (None, set(KINDS)),
        (None, set(KINDS)),
    ]
    approval = after["approval"].json()
    assert (approval["message"], approval["comment"], approval["data"]) == (None, None, None)
    assert set(approval["expired"]) == {"prompts", "answers"}
    for artifact in (after["artifact"].json(), after["artifacts"].json()["items"][0]):
        assert (artifact["status"], artifact["url"], artifact["name"]) == ("EXPIRED", None, "a.txt")
        assert artifact["expired_at"]
    assert after["metrics"].json() == before["metrics"].json()
    assert after["explain"].status_code == 200


async def test_runs_that_are_open_or_below_an_open_one_keep_everything(ground: Ground) -> None:
    above, below = await ground.a_run(ended_days_ago=50), await ground.a_run(ended_days_ago=50)
    ground.sql("UPDATE runs SET status = 'RUNNING', ended_at = NULL WHERE run_id = %s AND tenant_id = %s", above.run_id)
    ground.sql(
        """UPDATE runs r SET parent_run_id = s.run_id, parent_step_id = s.step_id, parent_attempt = 1,
                  ancestor_run_ids = ARRAY[s.run_id] FROM steps s
           WHERE r.run_id = %s AND s.run_id = %s AND s.name = 'ask' AND r.tenant_id = %s""",
        below.run_id, above.run_id,
    )  # fmt: skip
    ground.settings('{"retention": {"prompts": 1, "answers": 1, "artifacts": 1, "events": 1}}')
    await ground.swept()
    assert (ground.expired(above), ground.expired(below)) == (set(), set())
    ground.sql(
        "UPDATE runs SET status = 'FAILED', ended_at = %s WHERE run_id = %s AND tenant_id = %s",
        NOW - timedelta(days=3), above.run_id,
    )  # fmt: skip
    await ground.swept()
    assert (ground.expired(above), ground.expired(below)) == (set(KINDS), set(KINDS))
    assert (ground.said(above), ground.said(below)) == (set(), set())


async def test_files_stay_while_a_fork_or_anything_that_may_run_names_them(ground: Ground) -> None:
    origin = await ground.a_run(ended_days_ago=9)
    fork = await ground.a_run(ended_days_ago=1, forked_from=origin.run_id)
    lent, [lent_file, _] = (one := await ground.a_run(ended_days_ago=9)), one.places(ground.tenant)
    opened = await ground.a_run()
    ground.sql(
        """UPDATE runs SET status = 'RUNNING', ended_at = NULL, input = jsonb_build_object('files', jsonb_build_array(
               jsonb_build_object('artifact', %s::text))) WHERE run_id = %s AND tenant_id = %s""",
        str(lent.artifact_id), opened.run_id,
    )  # fmt: skip
    ground.settings('{"retention": {"artifacts": 2}}')
    await ground.swept()
    assert (ground.expired(origin), ground.expired(lent)) == (set(), {"artifacts"})
    assert {origin.places(ground.tenant)[0], lent_file} <= ground.objects.objects.keys()
    ground.sql(
        "UPDATE runs SET status = 'FAILED', ended_at = %s WHERE run_id = %s AND tenant_id = %s", NOW, opened.run_id
    )
    ground.clock.days_pass(1)
    for _ in range(2):
        await ground.swept()
    assert (ground.expired(fork), ground.expired(origin)) == ({"artifacts"}, {"artifacts"})
    assert not {origin.places(ground.tenant)[0], lent_file} & ground.objects.objects.keys()


async def test_an_upload_expires_unless_a_task_in_use_names_it(ground: Ground) -> None:
    ids = {name: uuid4() for name in ("named", "forgotten")}
    for artifact_id in ids.values():
        key = f"tenants/{ground.tenant.tenant_id}/artifacts/{artifact_id}"
        ground.sql(
            """INSERT INTO artifacts (artifact_id, object_key, name, content_type, size, sha256, status, created_at,
                   tenant_id) VALUES (%s, %s, 'a', 'text/plain', 1, sha256('x'), 'READY', %s, %s)""",
            artifact_id, key, NOW,
        )  # fmt: skip
        await ground.objects.put(key, b"x")
    definition = {"steps": [{"name": "a", "kind": "noop"}], "name": f"t-{uuid4().hex[:12]}"}
    definition["description"] = f"reads {ids['named']}"
    async with ground.api.caller(ground.tenant) as owner:
        task = (await owner.post("/tasks", json=definition)).json()["id"]
        ground.settings('{"retention": {"artifacts": 1}}')
        ground.clock.days_pass(2)
        await ground.swept()
        status = {name: (await owner.get(f"/artifacts/{one}")).json()["status"] for name, one in ids.items()}
        assert status == {"named": "READY", "forgotten": "EXPIRED"}
        assert (await owner.delete(f"/tasks/{task}")).status_code < 300
        await ground.swept()
        assert (await owner.get(f"/artifacts/{ids['named']}")).json()["status"] == "EXPIRED"
    assert not [
        key for key in ground.objects.objects if key.startswith(f"tenants/{ground.tenant.tenant_id}/artifacts/")
    ]


async def test_a_sweep_that_dies_half_way_is_gone_on_with(ground: Ground) -> None:
    runs = [await ground.a_run() for _ in range(3)]
    ground.settings('{"retention": {"answers": 1, "artifacts": 1}}')
    ground.clock.days_pass(2)
    purged: list[str] = []
    allowed = [0]

    class Dying(FakeObjectStore):
        """Removes as many objects as it is told, and then nothing more."""

        async def purge(self, key: str) -> None:
            if len(purged) >= allowed[0]:
                raise DependencyUnavailable("this process dies")
            purged.append(key)
            await ground.objects.purge(key)

    for allowed[0] in range(1, 8):
        sweeper = ContentSweeping(ground.api.app.state.resources.database, Dying(), form_seconds=900, now=ground.clock)
        await sweeper.round()
        # its lease lapses
        ground.clock.at += timedelta(minutes=11)
    await ground.swept()
    assert [ground.expired(run) for run in runs] == [{"answers", "artifacts"}] * 3
    assert ground.objects.objects.keys() & {place for run in runs for place in run.places(ground.tenant)} == set()
    assert ground.sql("SELECT count(*) FROM artifacts WHERE erased_at IS NULL AND tenant_id = %s") == [(0,)]
    assert ground.sql("SELECT count(*) FROM llm_replays WHERE tenant_id = %s") == [(0,)]


async def test_many_sweepers_do_everything_once_and_the_audit_says_so(ground: Ground, audited: Any) -> None:
    runs = [await ground.a_run() for _ in range(6)]
    ground.settings('{"retention": {"prompts": 1}}')
    ground.clock.days_pass(2)
    await asyncio.gather(*(ground.sweeper().round() for _ in range(4)))
    assert [ground.expired(run) for run in runs] == [{"prompts"}] * 6
    [(actor, action, _, detail)] = [row for row in audited() if row[1].startswith("retention")]
    assert (actor, action, detail["content"], detail["runs"]) == ("system:retention", "retention.expire", "prompts", 6)


async def test_without_days_and_for_neighbours_nothing_expires(ground: Ground) -> None:
    neighbour = Ground(ground.api, ground.scratch, Tenant().create(ground.scratch))
    theirs, ours = await neighbour.a_run(ended_days_ago=3000), await ground.a_run(ended_days_ago=3000)
    ground.settings('{"retention": {"events": 10}}')
    await ground.swept()
    assert (ground.expired(ours), neighbour.expired(theirs)) == ({"events"}, set())
    ground.settings('{"retention": {"events": "soon", "prompts": 1}}')
    await ground.swept()
    assert ground.expired(ours) == {"events"}


async def test_an_owner_sets_days_between_the_operators_bounds(ground: Ground, audited: Any) -> None:
    bounds = {"retention": {"prompts": {"least": 7, "most": 90}, "answers": {"most": 60}}}
    async with ground.api.operator() as operator, ground.api.caller(ground.tenant) as owner:
        assert [one["days"] for one in (await owner.get("/retention")).json()["items"]] == [None] * 4
        put = await owner.put("/retention-policy", json={"prompts": 3, "events": 5})
        assert (put.status_code, put.json()) == (200, {"prompts": 3, "events": 5})
        path = f"/tenants/{ground.tenant.tenant_id}/bounds"
        assert (await operator.put(path, json=bounds)).json() == bounds
        shown = {
            one["content"]: (one["days"], one["set_by"]) for one in (await owner.get("/retention")).json()["items"]
        }
        assert shown == {
            "prompts": (7, "operator"), "answers": (60, "operator"), "artifacts": (None, None), "events": (5, "tenant"),
        }  # fmt: skip
        for days, pointer in ((6, "/body/prompts"), (91, "/body/prompts")):
            refused = await owner.put("/retention-policy", json={"prompts": days})
            problem(refused, 400, "bad_request", pointer=pointer)
        assert (await owner.put("/retention-policy", json={"prompts": 30})).status_code == 200
        assert (await owner.get("/retention-policy")).json() == {"prompts": 30}
        async with ground.api.caller(ground.tenant, role="admin") as admin:
            problem(await admin.put("/retention-policy", json={}), 403, "forbidden")
            assert (await admin.get("/retention")).status_code == 200
        assert (await owner.delete("/retention-policy")).status_code == 204
        assert (await owner.get("/retention-policy")).json() == {}
    assert [action for _, action, _, _ in audited()] == [
        "retention_policy.put", "tenant.bounds", "retention_policy.put", "retention_policy.delete",
    ]  # fmt: skip
