"""A firing starts one run, whichever clock calls and however often, or says why it has started none."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import PostgresDsn

from fixtures.eventually import eventually
from fixtures.schedules.bench import ScheduleBench
from foundation.cloud.queue.base import Outgoing
from foundation.cloud.queue.fake import FakeQueue
from foundation.storage.schedules import work
from foundation.storage.session.database import Database, DatabaseSettings


async def test_a_firing_starts_one_run_as_the_schedule_and_moves_the_next_one_on(bench: ScheduleBench) -> None:
    schedule = await bench.schedule(input={"topic": "penguins"})
    await bench.fire(schedule)
    [run_id] = bench.runs()
    [firing] = await bench.firings(schedule)
    assert (firing["status"], firing["run_id"], firing["fires_at"]) == ("started", str(run_id), schedule["next_at"])
    shown = await bench.shown(schedule)
    assert shown["next_at"] == schedule["next_firings"][1]
    assert [one["run_id"] for one in shown["last_firings"]] == [str(run_id)]
    assert shown["version"] == schedule["version"]
    async with bench.caller() as owner:
        run = (await owner.get(f"/runs/{run_id}")).json()
        [created] = (await owner.get(f"/runs/{run_id}/events")).json()["items"]
    assert run["input"] == {"topic": "penguins"}
    assert created["data"]["actor"] == f"schedule:{schedule['id']}"
    for _ in range(3):
        await bench.loops.round()
        assert await bench.attend(schedule)
    assert len(bench.runs()) == 1


async def test_many_clocks_at_once_start_one_run(bench: ScheduleBench) -> None:
    schedule = await bench.schedule()
    bench.now = datetime.fromisoformat(schedule["next_at"]) + timedelta(seconds=1)
    others = [bench.another_process() for _ in range(6)]
    await asyncio.gather(*(loops.round() for loops in others), *(bench.attend(schedule) for _ in range(6)))
    assert len(bench.runs()) == 1
    assert len(await bench.firings(schedule)) == 1


async def test_a_process_that_dies_before_its_commit_leaves_nothing_and_the_next_one_starts_the_run(
    bench: ScheduleBench,
) -> None:
    """It is killed where it has written the firing and the run, and is about to write the start into the outbox."""
    schedule = await bench.schedule()
    bench.now = datetime.fromisoformat(schedule["next_at"]) + timedelta(seconds=1)
    url = PostgresDsn(str(bench.scratch.url("control_plane")))
    doomed = Database(DatabaseSettings(url=url, pool_size=1), application="doomed")
    try:
        with bench.scratch.superuser() as connection, bench.scratch.superuser() as killer:
            with connection.transaction():
                connection.execute("LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE")
                dying = asyncio.create_task(bench.another_process(database=doomed).round())
                kill = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                          WHERE application_name = 'doomed' AND wait_event_type = 'Lock'"""

                async def killed() -> bool:
                    return bool(killer.execute(kill).fetchall())

                await eventually(killed)
            await dying
    finally:
        await doomed.close()
    assert (bench.runs(), await bench.firings(schedule)) == ([], [])
    await bench.loops.round()
    assert len(bench.runs()) == 1
    assert [one["status"] for one in await bench.firings(schedule)] == ["started"]


async def test_messages_of_the_clock_call_the_same_handler(bench: ScheduleBench) -> None:
    """Twice, late, a little early, or of a schedule that is gone: one run, and every message is done."""
    schedule = await bench.schedule()
    due = datetime.fromisoformat(schedule["next_at"])
    queue = FakeQueue()

    async def say(at: datetime, **other: Any) -> None:
        message = {
            "v": 1,
            "tenant_id": str(bench.tenant.tenant_id),
            "schedule_id": schedule["id"],
            "at": at.isoformat(),
        }
        await queue.send([Outgoing(json.dumps({**message, **other}), group="clock")])
        await bench.loops.hear_once(queue, wait_seconds=0)

    bench.now = due - timedelta(minutes=5)
    await say(due)
    assert bench.runs() == []
    bench.now = due - timedelta(seconds=2)
    await say(due)
    assert len(bench.runs()) == 1
    bench.now = due + timedelta(seconds=2)
    await say(due)
    await say(due, schedule_id=str(UUID(int=7)))
    assert len(bench.runs()) == 1
    assert await queue.visible() == 0
    await queue.send([Outgoing("no message", group="clock")])
    await bench.loops.hear_once(queue, wait_seconds=0)
    received = await queue.receive(10, wait_seconds=0)
    assert received == [], "it stays in flight until it goes to the dead letters"


async def test_what_the_clock_outside_has_not_woken_is_found_after_the_grace(bench: ScheduleBench) -> None:
    schedule = await bench.schedule()
    with_grace = bench.another_process(grace=timedelta(seconds=120))
    due = datetime.fromisoformat(schedule["next_at"])
    bench.now = due + timedelta(seconds=100)
    await with_grace.round()
    assert bench.runs() == []
    bench.now = due + timedelta(seconds=121)
    await with_grace.round()
    assert len(bench.runs()) == 1


async def test_overlap_skip_leaves_a_firing_out_while_a_run_is_open(bench: ScheduleBench) -> None:
    schedule = await bench.schedule(overlap="skip")
    await bench.fire(schedule)
    await bench.fire(schedule)
    assert [one["reason"] for one in await bench.firings(schedule)] == [None, "overlap"]
    [run_id] = bench.runs()
    bench.pauses(run_id, "budget")
    await bench.fire(schedule)
    assert (await bench.firings(schedule))[-1]["reason"] == "budget"
    bench.ends(run_id)
    await bench.fire(schedule)
    firings = await bench.firings(schedule)
    assert [one["status"] for one in firings] == ["started", "skipped", "skipped", "started"]
    assert firings[0]["run_status"] == "COMPLETED"
    assert "overlap is `skip`" in firings[1]["detail"]


async def test_overlap_queue_starts_them_one_after_another(bench: ScheduleBench) -> None:
    schedule = await bench.schedule(overlap="queue")
    for _ in range(3):
        await bench.fire(schedule)
    assert [one["status"] for one in await bench.firings(schedule)] == ["started", "waiting", "waiting"]
    assert not await bench.loops.round()
    for count in (2, 3):
        bench.ends(bench.runs()[-1])
        await bench.loops.round()
        assert len(bench.runs()) == count
    assert [one["status"] for one in await bench.firings(schedule, status="waiting")] == []


async def test_what_stands_in_a_queue_follows_a_change_of_its_schedule(bench: ScheduleBench) -> None:
    schedule = await bench.schedule(overlap="queue")
    for _ in range(2):
        await bench.fire(schedule)
    await bench.change(schedule, overlap="skip")
    await bench.loops.round()
    assert (await bench.firings(schedule))[-1]["reason"] == "overlap"


async def test_overlap_allow_starts_them_beside_each_other(bench: ScheduleBench) -> None:
    schedule = await bench.schedule(overlap="allow")
    for _ in range(3):
        await bench.fire(schedule)
    assert len(bench.runs()) == 3


async def test_jitter_puts_a_start_off_and_a_pause_meanwhile_keeps_it_from_starting(bench: ScheduleBench) -> None:
    schedule = await bench.schedule(jitter_seconds=3600, overlap="allow")
    while True:
        await bench.fire(schedule, late=0)
        firing = (await bench.firings(schedule))[-1]
        if firing["status"] == "waiting":
            break
    starts_at = datetime.fromisoformat(firing["starts_at"])
    assert datetime.fromisoformat(firing["fires_at"]) < starts_at
    before = len(bench.runs())
    await bench.change(schedule, paused=True)
    await bench.at(starts_at + timedelta(seconds=1))
    assert (await bench.firings(schedule))[-1]["reason"] == "paused"
    assert len(bench.runs()) == before


async def test_a_deleted_schedule_starts_nothing_that_had_waited(bench: ScheduleBench) -> None:
    schedule = await bench.schedule(overlap="queue")
    for _ in range(2):
        await bench.fire(schedule)
    async with bench.caller() as owner:
        assert (await owner.delete(f"/schedules/{schedule['id']}")).status_code == 204
    bench.ends(bench.runs()[0])
    await bench.at(bench.now + timedelta(days=2))
    assert len(bench.runs()) == 1
    with bench.scratch.superuser() as connection:
        query = "SELECT reason FROM schedule_firings WHERE schedule_id = %s AND status = 'skipped'"
        assert connection.execute(query, [schedule["id"]]).fetchall() == [("deleted",)]


@pytest.mark.parametrize(
    ("catch_up", "hours", "started", "missed"),
    [("none", 5, 0, 5), ("latest", 5, 1, 4), ("all", 5, 5, 0), ("all", 80, 50, 30), ("latest", 24 * 30, 1, 101)],
)
async def test_after_an_outage_firings_are_made_up_for_as_the_schedule_says(
    bench: ScheduleBench, catch_up: str, hours: int, started: int, missed: int
) -> None:
    schedule = await bench.schedule(catch_up=catch_up, overlap="allow")
    # half an hour after the last of them, so that none is on time
    await bench.at(datetime.fromisoformat(schedule["next_at"]) + timedelta(hours=hours - 1, minutes=30))
    firings = await bench.firings(schedule)
    assert len([one for one in firings if one["status"] == "started"]) == started
    assert len([one for one in firings if one["reason"] == "missed"]) == missed
    if hours > 24 * 7:
        assert "this row stands for all firings from here to" in firings[0]["detail"]
        assert firings[0]["fires_at"] == schedule["next_at"]
    assert len(bench.runs()) == started


async def test_what_is_paused_is_not_made_up_for(bench: ScheduleBench) -> None:
    schedule = await bench.schedule(catch_up="all")
    await bench.change(schedule, paused=True)
    await bench.at(datetime.now(UTC) + timedelta(days=1))
    await bench.change(schedule, paused=False)
    assert (await bench.firings(schedule), bench.runs()) == ([], [])


async def test_a_schedule_for_one_moment_fires_once_and_is_over(bench: ScheduleBench) -> None:
    at = datetime.now(UTC) + timedelta(hours=1)
    schedule = await bench.schedule(at=at.isoformat())
    await bench.fire(schedule)
    await bench.at(at + timedelta(days=400))
    assert len(bench.runs()) == 1
    shown = await bench.shown(schedule)
    assert (shown["next_at"], shown["next_firings"]) == (None, [])


async def test_its_runs_start_with_the_rights_of_who_changed_it_last(bench: ScheduleBench) -> None:
    """A member makes it and leaves; the firing is refused, until somebody else vouches for it."""
    task_id = await bench.task()
    user_id = bench.api.member(bench.tenant, role="member")
    async with bench.api.as_user(bench.tenant, user_id) as member:
        made = await member.post("/schedules", json={"name": "x", "task_id": task_id, "every_seconds": 3600})
    schedule = made.json()
    await bench.fire(schedule)
    [run_id] = bench.runs()
    bench.ends(run_id)
    async with bench.caller() as owner:
        assert (await owner.get(f"/runs/{run_id}")).status_code == 200
        assert (await owner.patch(f"/members/{user_id}", json={"role": "viewer"})).status_code == 200
        await bench.fire(schedule)
        refused = (await bench.firings(schedule))[-1]
        assert (refused["status"], refused["reason"]) == ("skipped", "not_permitted")
        assert refused["detail"].endswith("whose role viewer does not have the permission runs:write")
        assert (await owner.delete(f"/members/{user_id}?while_used=true")).status_code == 204
    await bench.fire(schedule)
    assert (await bench.firings(schedule))[-1]["detail"].endswith("who does not belong to the tenant any more")
    assert (await bench.shown(schedule))["failures"] == 2
    changed = await bench.change(schedule, name="adopted")
    assert (changed["runs_as"], changed["failures"]) == (str(bench.tenant.user_id), 0)
    await bench.fire(schedule)
    assert len(bench.runs()) == 2
    with bench.scratch.superuser() as connection:
        query = "SELECT created_by FROM runs WHERE run_id = %s"
        assert connection.execute(query, [bench.runs()[-1]]).fetchone() == (bench.tenant.user_id,)


@pytest.mark.parametrize(
    ("cause", "reason", "detail"),
    [
        ("archived", "task_gone", "the task is archived; create a new task; it may take the same name"),
        ("suspended", "tenant_suspended", "the tenant is suspended"),
        ("refused", "task_refused", None),
    ],
)
async def test_what_cannot_be_started_is_recorded_with_its_reason(
    bench: ScheduleBench, cause: str, reason: str, detail: str | None
) -> None:
    schedule = await bench.schedule()
    tenant_id = bench.tenant.tenant_id
    with bench.scratch.superuser() as connection:
        if cause == "archived":
            connection.execute("UPDATE tasks SET archived_at = now() WHERE task_id = %s", [schedule["task_id"]])
        elif cause == "suspended":
            connection.execute("UPDATE tenants SET suspended_at = now() WHERE tenant_id = %s", [tenant_id])
        else:
            connection.execute("UPDATE task_versions SET definition = '{}' WHERE task_id = %s", [schedule["task_id"]])
    await bench.at(datetime.fromisoformat(schedule["next_at"]) + timedelta(seconds=1))
    with bench.scratch.superuser() as connection:
        connection.execute("UPDATE tenants SET suspended_at = NULL WHERE tenant_id = %s", [tenant_id])
    [firing] = await bench.firings(schedule)
    assert (firing["status"], firing["reason"]) == ("skipped", reason)
    assert firing["detail"] == detail or detail is None
    assert bench.runs() == []


async def test_a_schedule_that_fails_is_told_of_and_goes_on(bench: ScheduleBench) -> None:
    schedule = await bench.schedule(name="nightly")
    async with bench.caller() as owner:
        hook = {"name": "tickets", "url": "https://hooks.example.com/x", "events": ["schedule.*"]}
        webhook = (await owner.post("/webhooks", json=hook)).json()
        other = (await owner.post("/webhooks", json={**hook, "events": ["run.*"]})).json()

        async def told(webhook_id: str) -> list[tuple[str, Any]]:
            page = (await owner.get(f"/webhooks/{webhook_id}/deliveries")).json()["items"]
            wholes = [(await owner.get(f"/webhooks/{webhook_id}/deliveries/{one['id']}")).json() for one in page]
            return [(one["type"], one["payload"]["data"]) for one in reversed(wholes)]

        async def streamed() -> list[tuple[str, Any]]:
            events = (await owner.get("/events")).json()["items"]
            return [(one["type"], one) for one in events if one["run_id"] is None]

        for status in ("FAILED", "CANCELLED", "TIMED_OUT", "FAILED", "COMPLETED"):
            await bench.fire(schedule)
            bench.ends(bench.runs()[-1], status)
            await bench.loops.round()
        failing, recovered = await told(webhook["id"])
        assert [failing, recovered] == await streamed(), "one parser reads messages and the stream"
        assert await told(other["id"]) == []
    data = failing[1]["data"]
    assert (failing[0], data["failures"], data["last"]) == ("schedule.failing", 3, "a run ended as FAILED")
    assert (data["schedule_id"], data["name"]) == (schedule["id"], "nightly")
    assert recovered[0] == "schedule.recovered"
    shown = await bench.shown(schedule)
    assert (shown["failures"], shown["failing_since"], shown["paused"]) == (0, None, False)


async def test_old_firings_and_what_was_deleted_long_ago_are_forgotten(bench: ScheduleBench) -> None:
    schedule = await bench.schedule()
    await bench.fire(schedule)
    await bench.fire(schedule)
    deleted = await bench.schedule(name="other", task_id=await bench.task("b"))
    async with bench.caller() as owner:
        await owner.delete(f"/schedules/{deleted['id']}")
    with bench.scratch.superuser() as connection:
        connection.execute("UPDATE schedule_firings SET decided_at = now() - interval '100 days'")
        connection.execute("UPDATE schedules SET deleted_at = now() - interval '100 days' WHERE deleted_at IS NOT NULL")
    async with bench.database.across_tenants(reason="test") as tx:
        # the one whose run is open stays
        assert await work.forget_old(tx, days=90, most=100) == 2
    assert [one["status"] for one in await bench.firings(schedule)] == ["started"]
