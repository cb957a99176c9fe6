"""Schedules are made, read, changed and deleted by who may, within bounds, with a sentence for each mistake."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fixtures.schedules.bench import ScheduleBench
from fixtures.tags import version_of
from foundation.domain.ids import new_uuid


async def test_a_schedule_is_made_read_changed_listed_and_deleted(
    bench: ScheduleBench, audited: Callable[[], list[tuple[Any, ...]]]
) -> None:
    task_id, other_task = await bench.task(), await bench.task("another")
    body = {"name": "nightly", "task_id": task_id, "input": {"topic": "penguins"}, "cron": "30  2 * * *"}
    async with bench.caller() as owner:
        made = await owner.post("/schedules", json={**body, "time_zone": "Europe/Berlin"})
        assert (made.status_code, version_of(made)) == (201, '"1"'), made.text
        schedule = made.json()
        path = f"/schedules/{schedule['id']}"
        assert made.headers["location"] == f"/api/v1{path}"
        assert (schedule["cron"], schedule["overlap"], schedule["catch_up"]) == ("30 2 * * *", "skip", "latest")
        assert schedule["runs_as"] == str(bench.tenant.user_id)
        assert len(schedule["next_firings"]) == 5
        assert schedule["next_firings"][0] == schedule["next_at"]
        shown = await owner.get(path)
        assert (shown.json(), version_of(shown)) == (schedule, '"1"')

        second = (await owner.post("/schedules", json={**body, "task_id": other_task, "paused": True})).json()
        assert (second["time_zone"], second["next_at"], second["next_firings"]) == ("UTC", None, [])
        first_page = (await owner.get("/schedules", params={"limit": 1})).json()
        assert [item["id"] for item in first_page["items"]] == [second["id"]]
        assert "input" not in first_page["items"][0]
        rest = (await owner.get("/schedules", params={"cursor": first_page["next_cursor"]})).json()
        assert [item["id"] for item in rest["items"]] == [schedule["id"]]
        for query, found in (({"task_id": task_id}, schedule), ({"paused": "true"}, second)):
            items = (await owner.get("/schedules", params=query)).json()["items"]
            assert [item["id"] for item in items] == [found["id"]]

        changed = await owner.patch(path, json={"every_seconds": 120}, headers={"If-Match": '"1"'})
        assert changed.status_code == 200, changed.text
        assert (changed.json()["cron"], changed.json()["every_seconds"], version_of(changed)) == (None, 120, '"2"')
        assert (await owner.patch(path, json={"name": "x"}, headers={"If-Match": '"1"'})).status_code == 412
        assert (await owner.patch(path, json={})).json()["version"] == 2
        paused = (await owner.patch(path, json={"paused": True})).json()
        assert (paused["paused"], paused["next_at"]) == (True, None)
        assert (await owner.patch(path, json={"paused": False})).json()["next_at"] is not None
        assert (await owner.delete(path, headers={"If-Match": '"1"'})).status_code == 412
        assert (await owner.delete(path)).status_code == 204
        for gone in (path, f"{path}/firings"):
            assert (await owner.get(gone)).status_code == 404
        assert (await owner.patch(path, json={"name": "x"})).status_code == 404
        assert (await owner.delete(path)).status_code == 404
    rows = [row for row in audited() if row[1].startswith("schedule.")]
    changes = ["schedule.change"] * 3
    assert [row[1] for row in rows] == ["schedule.create", "schedule.create", *changes, "schedule.delete"]
    assert "penguins" not in str(rows)


ZONES = "there is no such time zone; write one of the IANA database, like Europe/Berlin"
ONE = "send exactly one of cron, every_seconds and at; {} would be set"


@pytest.mark.parametrize(
    ("sent", "pointer", "why"),
    [
        ({}, "/body/cron", ONE.format("none of them")),
        ({"cron": "* * * * *", "every_seconds": 60}, "/body/every_seconds", ONE.format("cron and every_seconds")),
        ({"cron": "0 0 1 * 1"}, "/body/cron", None),
        ({"cron": "@daily"}, "/body/cron", None),
        ({"cron": "0 0 31 2 *"}, "/body/cron", None),
        ({"cron": "* " * 200}, "/body/cron", None),
        ({"every_seconds": 59}, "/body/every_seconds", None),
        ({"every_seconds": 90}, "/body/every_seconds", None),
        ({"every_seconds": 60.0}, "/body/every_seconds", None),
        ({"every_seconds": "60"}, "/body/every_seconds", None),
        ({"every_seconds": 31_536_060}, "/body/every_seconds", None),
        ({"at": "2020-01-01T00:00:00Z"}, "/body/at", "the moment has passed; send one that is still to come"),
        ({"at": "2030-01-01T00:00:00"}, "/body/at", None),
        ({"at": "tomorrow"}, "/body/at", None),
        ({"at": 1_893_456_000}, "/body/at", None),
        ({"at": "9999-12-31T23:59:59-14:00"}, "/body/at", "the moment lies beyond the ends of the calendar"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "/body/at", "the moment lies beyond the ends of the calendar"),
        ({"cron": "* * * * *", "time_zone": "localtime"}, "/body/time_zone", ZONES),
        ({"cron": "* * * * *", "time_zone": "Factory"}, "/body/time_zone", ZONES),
        ({"cron": "* * * * *", "time_zone": "Europe/Atlantis"}, "/body/time_zone", ZONES),
        ({"cron": "* * * * *", "time_zone": "../../etc/passwd"}, "/body/time_zone", ZONES),
        ({"cron": "* * * * *", "overlap": "replace"}, "/body/overlap", None),
        ({"cron": "* * * * *", "catch_up": True}, "/body/catch_up", None),
        ({"cron": "* * * * *", "jitter_seconds": 3601}, "/body/jitter_seconds", None),
        ({"cron": "* * * * *", "jitter_seconds": -1}, "/body/jitter_seconds", None),
        ({"cron": "* * * * *", "paused": "no"}, "/body/paused", None),
        ({"cron": "* * * * *", "name": ""}, "/body/name", None),
        ({"cron": "* * * * *", "name": "a\u202eb"}, "/body/name", None),
        ({"cron": "* * * * *", "input": []}, "/body/input", None),
        ({"cron": "* * * * *", "runs_as": str(new_uuid())}, "/body/runs_as", None),
        ({"cron": "* * * * *", "tenant_id": str(new_uuid())}, "/body/tenant_id", None),
    ],
)
async def test_what_is_no_schedule_is_refused_with_its_place(
    bench: ScheduleBench, sent: dict[str, Any], pointer: str, why: str | None
) -> None:
    body = {"name": "hourly", "task_id": await bench.task(), **sent}
    async with bench.caller() as owner:
        answer = await owner.post("/schedules", json=body)
        problem = answer.json()
        assert (answer.status_code, problem["errors"][0]["pointer"]) == (400, pointer), answer.text
        if why is not None:
            assert problem["errors"][0]["detail"] == why
        assert (await owner.get("/schedules")).json()["items"] == []


async def test_a_schedule_of_no_task_or_an_archived_one_is_refused(bench: ScheduleBench) -> None:
    archived = await bench.task()
    async with bench.caller() as owner:
        assert (await owner.delete(f"/tasks/{archived}")).status_code in {200, 204}
        missing = "there is no such task, or no such version of it"
        for body, status, detail in (
            ({"task_id": archived}, 409, "the task is archived"),
            ({"task_id": str(new_uuid())}, 404, missing),
            ({"task_id": await bench.task(), "task_version": 7}, 404, missing),
        ):
            answer = await owner.post("/schedules", json={"name": "x", "cron": "* * * * *", **body})
            assert (answer.status_code, answer.json()["detail"]) == (status, detail)


async def test_a_change_is_checked_as_a_new_one_is(bench: ScheduleBench) -> None:
    schedule = await bench.schedule(cron="0 0 * * *")
    path = f"/schedules/{schedule['id']}"
    soon = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    async with bench.caller() as owner:
        for body, pointer in (
            ({"cron": None}, "/body/cron"),
            ({"cron": "0 0 * * *", "at": soon}, "/body/at"),
            ({"at": "2020-01-01T00:00:00Z"}, "/body/at"),
        ):
            answer = await owner.patch(path, json=body)
            assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer), answer.text
        assert (await owner.patch(path, json={"task_id": str(new_uuid())})).status_code == 404
        assert (await owner.patch(path, json={"name": None})).json()["detail"] == "name cannot be null"
        assert (await owner.patch(path, json={"at": soon})).json()["cron"] is None
        # a later change of something else does not ask whether the moment has passed
        assert (await owner.patch(path, json={"name": "renamed"})).json()["version"] == 3


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("member", 201), ("admin", 201)])
async def test_who_may_start_runs_may_have_them_started(bench: ScheduleBench, role: str, status: int) -> None:
    task_id = await bench.task()
    async with bench.caller(role=role) as caller:
        body = {"name": "x", "task_id": task_id, "every_seconds": 60}
        assert (await caller.post("/schedules", json=body)).status_code == status
        assert (await caller.get("/schedules")).status_code == 200


async def test_a_role_that_may_write_schedules_but_start_no_runs_makes_none(bench: ScheduleBench) -> None:
    task_id = await bench.task()
    async with bench.caller() as owner:
        key = await owner.post(
            "/api-keys", json={"name": "k", "scopes": ["api"], "permissions": ["schedules:write", "schedules:read"]}
        )
        assert key.status_code == 201, key.text
    async with bench.api.bearing(key.json()["key"]) as caller:
        answer = await caller.post("/schedules", json={"name": "x", "task_id": task_id, "every_seconds": 60})
    assert answer.status_code == 403, answer.text
    assert answer.json()["detail"].endswith("does not have the permission runs:write")


async def test_a_tenant_has_two_hundred(bench: ScheduleBench) -> None:
    schedule = await bench.schedule()
    with bench.scratch.superuser() as connection:
        connection.execute(
            """INSERT INTO schedules (tenant_id, schedule_id, name, task_id, every_seconds, time_zone, runs_as)
               SELECT tenant_id, gen_random_uuid(), name, task_id, every_seconds, time_zone, runs_as
               FROM schedules, generate_series(1, 199) WHERE schedule_id = %s""",
            [schedule["id"]],
        )
    async with bench.caller() as owner:
        body = {"name": "x", "task_id": schedule["task_id"], "every_seconds": 60}
        refused = await owner.post("/schedules", json=body)
    assert (refused.status_code, refused.json()["detail"]) == (409, "the tenant has 200 schedules")


async def test_the_inputs_of_schedules_are_listed_for_who_asks_for_them(bench: ScheduleBench) -> None:
    body = {"name": "nightly", "task_id": await bench.task(), "input": {"topic": "penguins"}, "cron": "30 2 * * *"}
    async with bench.caller() as owner:
        made = (await owner.post("/schedules", json=body)).json()
        listed = (await owner.get("/schedules", params={"fields": "name,input"})).json()["items"]
    assert listed == [{"id": made["id"], "name": "nightly", "input": {"topic": "penguins"}}]
