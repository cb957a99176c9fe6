"""Every event reaches each webhook that wants it, signed, and again until it is taken, whatever fails on the way."""

import asyncio
import base64
import hashlib
import hmac
import json
import random
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web

from control_plane.webhook_sending.backoff import MOST_ATTEMPTS
from control_plane.webhook_sending.courier import Courier
from control_plane.webhook_sending.fan_out import FanOut
from control_plane.webhook_sending.post import Posting
from fixtures.webhooks.bench import CREATED, HOST, RUNNING, Bench
from fixtures.webhooks.receivers import Received
from foundation.contracts.run_events import RunRunning
from foundation.storage.webhooks import deliveries


def signatures(secret: str, message: Received) -> list[str]:
    """As a receiver computes them, from what https://www.standardwebhooks.com says."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{message.headers['webhook-id']}.{message.headers['webhook-timestamp']}.".encode() + message.body
    return [f"v1,{base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()}"]


async def test_what_happens_after_it_was_made_is_sent_signed_and_counted(bench: Bench) -> None:
    await bench.happens(CREATED)
    webhook = await bench.webhook("run.*")
    other = await bench.webhook("step.*")
    await bench.happens(RUNNING)
    await bench.work()
    [message] = bench.receiver.received
    assert message.headers["content-type"] == "application/json; charset=utf-8"
    assert message.headers["webhook-signature"].split() == signatures(webhook["secret"], message)
    assert abs(int(message.headers["webhook-timestamp"]) - datetime.now(UTC).timestamp()) < 60
    document = json.loads(message.body)
    assert (document["type"], document["data"]["run_id"]) == ("run.running", str(bench.run_id))
    assert document["data"]["seq"] == 2
    assert document["data"]["data"] == {"generation": 1}
    [delivery] = await bench.deliveries(webhook["id"])
    assert (delivery["status"], delivery["attempts"], delivery["answer_status"]) == ("delivered", 1, 204)
    assert delivery["message_id"] == message.headers["webhook-id"]
    async with bench.caller() as owner:
        whole = (await owner.get(f"/webhooks/{webhook['id']}/deliveries/{delivery['id']}")).json()
        events = (await owner.get("/events")).json()["items"]
    assert whole["payload"] == document
    assert [document["data"]] == [one for one in events if one["type"] == "run.running"]
    assert (document["type"], document["timestamp"]) == (document["data"]["type"], document["data"]["at"])
    assert await bench.deliveries(other["id"]) == []


async def test_a_message_that_is_not_taken_comes_again_under_the_same_id_until_it_is_given_up(bench: Bench) -> None:
    bench.receiver.answer = lambda _: web.Response(status=503)
    webhook = await bench.webhook("run.running")
    await bench.happens(RUNNING)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        await bench.work()
        [delivery] = await bench.deliveries(webhook["id"])
        assert (delivery["attempts"], delivery["answer_status"]) == (attempt, 503)
        assert delivery["error"] == "it answered 503"
        bench.make_due()
    assert (delivery["status"], delivery["next_at"]) == ("failed", None)
    await bench.work()
    assert len(bench.receiver.received) == MOST_ATTEMPTS
    assert len({message.headers["webhook-id"] for message in bench.receiver.received}) == 1
    assert (await bench.shown(webhook["id"]))["failures"] == MOST_ATTEMPTS

    # By hand it goes out once more, and a good answer forgets the failures.
    bench.receiver.answer = lambda _: web.Response(status=200)
    bench.make_due()
    async with bench.caller() as owner:
        path = f"/webhooks/{webhook['id']}/deliveries/{delivery['id']}/replay"
        again = (await owner.post(path)).json()
        told = [again[name] for name in ("status", "attempts", "answer_status", "error")]
        assert told == ["pending", 0, None, None], "no answer of before its first attempt"
        assert (await owner.post(path)).status_code == 409
    await bench.work()
    [delivery] = await bench.deliveries(webhook["id"], status="delivered")
    assert bench.receiver.received[-1].headers["webhook-id"] == delivery["message_id"]
    assert (await bench.shown(webhook["id"]))["failures"] == 0


async def test_a_receiver_that_fails_is_tried_with_one_message_and_not_with_all(bench: Bench) -> None:
    bench.receiver.answer = lambda _: web.Response(status=500)
    webhook = await bench.webhook("run.running")
    await bench.happens(*[RunRunning(generation=n) for n in range(1, 21)])
    await bench.work()
    first = len(bench.receiver.received)
    assert 1 <= first <= 5
    bench.make_due()
    await bench.work()
    assert len(bench.receiver.received) == first + 1
    bench.receiver.answer = lambda _: web.Response(status=200)
    bench.make_due()
    await bench.work()
    assert len(await bench.deliveries(webhook["id"], status="delivered")) == 20


async def test_while_it_is_paused_nothing_is_sent_and_nothing_is_lost(bench: Bench) -> None:
    webhook = await bench.webhook("run.running")
    async with bench.caller() as owner:
        paused = await owner.patch(f"/webhooks/{webhook['id']}", json={"paused": True})
        assert paused.json()["status"] == "paused"
        await bench.happens(RUNNING, RunRunning(generation=2))
        await bench.work()
        assert bench.receiver.received == []
        await owner.patch(f"/webhooks/{webhook['id']}", json={"paused": False})
    await bench.work()
    told = sorted(json.loads(message.body)["data"]["seq"] for message in bench.receiver.received)
    assert told == [1, 2]


async def test_what_a_pause_held_back_is_sent_oldest_first(bench: Bench) -> None:
    webhook = await bench.webhook("run.running")
    async with bench.caller() as owner:
        await owner.patch(f"/webhooks/{webhook['id']}", json={"paused": True})
        for first in (1, 8, 15):
            await bench.happens(*[RunRunning(generation=n) for n in range(first, first + 7)])
        await owner.patch(f"/webhooks/{webhook['id']}", json={"paused": False})
    await bench.fan_out.round()
    taken: list[int] = []
    while True:
        async with bench.database.tenant(bench.tenant.tenant_id) as tx:
            batch = await deliveries.claim(tx, bench.tenant.tenant_id, most=5, most_of_webhook=5, lease_seconds=60)
        if not batch:
            break
        taken += [json.loads(one.body)["data"]["seq"] for one in batch]
    assert taken == list(range(1, 22))


@pytest.mark.parametrize(
    ("status", "reason"), [(410, "it answered 410 Gone"), (500, "for 6 days; the last time it answered 500")]
)
async def test_a_webhook_that_is_gone_or_fails_for_days_is_disabled_until_somebody_wakes_it(
    bench: Bench, status: int, reason: str
) -> None:
    bench.receiver.answer = lambda _: web.Response(status=status)
    webhook = await bench.webhook("run.running")
    with bench.scratch.superuser() as connection:
        since = "UPDATE webhooks SET failures = 3, failing_since = now() - interval '6 days'"
        connection.execute(since)
    await bench.happens(RUNNING)
    await bench.work()
    shown = await bench.shown(webhook["id"])
    assert shown["status"] == "disabled"
    assert reason in shown["disabled_reason"]
    bench.make_due()
    await bench.happens(RunRunning(generation=2))
    await bench.work()
    assert len(bench.receiver.received) == 1
    bench.receiver.answer = lambda _: web.Response(status=200)
    async with bench.caller() as owner:
        assert (await owner.post(f"/webhooks/{webhook['id']}/test")).status_code == 409
        woken = (await owner.patch(f"/webhooks/{webhook['id']}", json={"paused": False})).json()
    assert (woken["status"], woken["disabled_reason"], woken["failures"]) == ("active", None, 0)
    await bench.work()
    assert len(await bench.deliveries(webhook["id"], status="delivered")) == 2


async def test_for_the_overlap_two_secrets_sign(bench: Bench) -> None:
    webhook = await bench.webhook("run.running")
    async with bench.caller() as owner:
        path = f"/webhooks/{webhook['id']}/rotate-secret"
        rotated = (await owner.post(path, json={"overlap_seconds": 3600})).json()
        assert rotated["secret"] != webhook["secret"]
        await bench.happens(RUNNING)
        await bench.work()
        [message] = bench.receiver.received
        both = signatures(rotated["secret"], message) + signatures(webhook["secret"], message)
        assert message.headers["webhook-signature"].split() == both
        last = (await owner.post(path, json={"end_overlap": True})).json()
        await owner.post(f"/webhooks/{webhook['id']}/test")
    await bench.work()
    message = bench.receiver.received[-1]
    assert json.loads(message.body)["type"] == "webhook.test"
    assert message.headers["webhook-signature"].split() == signatures(last["secret"], message)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (web.Response(status=302, headers={"location": "http://127.0.0.1:1/"}), "redirects are not followed"),
        (web.Response(status=404), "it answered 404"),
    ],
)
async def test_only_a_good_answer_counts(bench: Bench, answer: web.Response, error: str) -> None:
    status, headers = answer.status, dict(answer.headers)
    bench.receiver.answer = lambda _: web.Response(status=status, headers=headers)
    webhook = await bench.webhook("run.running")
    await bench.happens(RUNNING)
    await bench.work()
    [delivery] = await bench.deliveries(webhook["id"])
    assert delivery["status"] == "pending"
    assert error in delivery["error"]
    assert len(bench.receiver.received) == 1


async def test_a_receiver_may_ask_for_a_longer_pause(bench: Bench) -> None:
    bench.receiver.answer = lambda _: web.Response(status=429, headers={"retry-after": "7200"})
    webhook = await bench.webhook("run.running")
    await bench.happens(RUNNING)
    await bench.work()
    [delivery] = await bench.deliveries(webhook["id"])
    wait = datetime.fromisoformat(delivery["next_at"]) - datetime.now(UTC)
    assert 7000 < wait.total_seconds() < 7300


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["10.1.2.3"], ["169.254.169.254"], ["::ffff:127.0.0.1"], ["93.184.216.34", "192.168.0.1"]],
)
async def test_a_name_that_leads_inside_gets_nothing(bench: Bench, addresses: list[str]) -> None:
    """The tenant chose the name; only when something is sent can be known where it leads."""

    async def lookup(host: str, port: int) -> list[str]:
        return addresses

    webhook = await bench.webhook("run.running", url=f"https://{HOST}/hook")
    await bench.happens(RUNNING)
    async with Posting({}, lookup) as posting:
        courier = Courier(bench.database, posting, bench.courier.secrets)
        await bench.fan_out.round()
        await courier.round()
        await courier.finish()
    [delivery] = await bench.deliveries(webhook["id"])
    assert delivery["error"] == "its name leads to an address that is not public, so that nothing was sent"


async def test_the_egress_policy_holds_for_what_is_sent_too(bench: Bench) -> None:
    webhook = await bench.webhook("run.running")
    async with bench.caller() as owner:
        await owner.put("/egress-policy", json={"hosts": ["*.example.org"]})
        refused = await owner.post(
            "/webhooks", json={"name": "x", "url": "https://hooks.example.com/", "events": ["run.*"]}
        )
        assert refused.json()["errors"][0]["pointer"] == "/body/url"
        await bench.happens(RUNNING)
        await bench.work()
    [delivery] = await bench.deliveries(webhook["id"])
    assert "egress policy does not allow" in delivery["error"]
    assert bench.receiver.received == []


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.full), pytest.param(3, marks=pytest.mark.full)])
async def test_couriers_that_die_at_any_moment_lose_nothing_and_two_of_them_send_nothing_twice(
    bench: Bench, seed: int
) -> None:
    """Cut off while they work; only a message whose answer was not written down comes again, under its own id."""
    chance = random.Random(seed)
    webhook = await bench.webhook("run.running")
    events = 60
    written = 0
    while written < events:
        more = chance.randint(1, 9)
        await bench.happens(*[RunRunning(generation=written + n + 1) for n in range(more)])
        written += more
        doomed = Courier(bench.database, bench.courier.posting, bench.courier.secrets)
        rounds = [asyncio.create_task(_rounds(FanOut(bench.database), doomed)) for _ in range(2)]
        await asyncio.wait(rounds, timeout=chance.uniform(0, 0.1))
        for task in rounds:
            task.cancel()
        await asyncio.gather(*rounds, return_exceptions=True)
        await doomed.close()
    taken_before = len(bench.receiver.received)
    bench.make_due()
    await bench.work()
    told: dict[str, Any] = {}
    for message in bench.receiver.received:
        told.setdefault(message.headers["webhook-id"], json.loads(message.body)["data"]["seq"])
    assert sorted(told.values()) == list(range(1, written + 1))
    assert taken_before <= len(bench.receiver.received)
    items = await bench.deliveries(webhook["id"], limit="200")
    assert {item["status"] for item in items} == {"delivered"}
    assert len(items) == written


async def _rounds(fan_out: FanOut, courier: Courier) -> None:
    while True:
        await fan_out.round()
        await courier.round()
        await asyncio.sleep(0)
