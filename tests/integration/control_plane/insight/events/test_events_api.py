"""Events over HTTP: pages and streams, who may read them, how many at once, and how a stream ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from fixtures.api.api_in_process import api_in_process
from fixtures.api.problems import problem
from fixtures.eventually import eventually
from fixtures.gateways.gateway import Signing, Tenant
from fixtures.machine.free_port import free_port
from fixtures.machine.postgres import ScratchDatabase
from fixtures.streams.served_api import ServedApi, served
from fixtures.streams.streamed_runs import StreamedRuns, messages_of
from foundation.domain.ids import RunId

STREAM = {"accept": "text/event-stream"}
SETTINGS: dict[str, Any] = {
    "event_stream_heartbeat_seconds": 0.2,
    "max_event_streams": 3,
    "max_event_streams_of_tenant": 2,
    "event_stream_stall_seconds": 0.3,
}


@asynccontextmanager
async def a_server(scratch: ScratchDatabase, signing: Signing) -> AsyncIterator[ServedApi]:
    nowhere = f"http://127.0.0.1:{free_port()}"
    async with api_in_process(scratch, gateway_url=nowhere, signing=signing, **SETTINGS) as api, served(api) as running:
        yield running


@pytest.fixture(scope="module")
async def live(scratch: ScratchDatabase, signing: Signing) -> AsyncIterator[ServedApi]:
    async with a_server(scratch, signing) as running:
        yield running


@pytest.fixture
def runs(scratch: ScratchDatabase, tenant: Tenant) -> StreamedRuns:
    return StreamedRuns(scratch, tenant)


def an_ended_run(runs: StreamedRuns, events: int = 3) -> RunId:
    run_id = runs.run()
    runs.fill(run_id, events)
    runs.end(run_id)
    return run_id


def reader(live: ServedApi, tenant: Tenant, **headers: str) -> httpx.AsyncClient:
    """A member who may only read."""
    client = live.api.caller(tenant, role="viewer")
    return httpx.AsyncClient(base_url=f"{live.url}/api/v1", headers={**client.headers, **headers}, timeout=120)


async def told(answer: httpx.Response, *, until: str | None = None) -> list[dict[str, Any]]:
    """The messages of a stream to its end, or to the first of this type."""
    found, text = list[dict[str, Any]](), ""
    async for piece in answer.aiter_text():
        *whole, text = (text + piece).split("\n\n")
        found += messages_of("\n\n".join(whole))
        if until is not None and any(message["event"] == until for message in found):
            break
    return found


@asynccontextmanager
async def streaming(client: httpx.AsyncClient, path: str, **headers: str) -> AsyncIterator[httpx.Response]:
    async with asyncio.timeout(120), client.stream("GET", path, headers={**STREAM, **headers}) as answer:
        yield answer


async def test_a_page_and_a_stream_tell_the_same_events_and_the_stream_its_end(
    live: ServedApi, tenant: Tenant, runs: StreamedRuns
) -> None:
    run_id = an_ended_run(runs)
    async with reader(live, tenant) as client:
        page = (await client.get(f"/runs/{run_id}/events")).json()
        async with streaming(client, f"/runs/{run_id}/events") as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert answer.headers["vary"] == "Accept"
            assert answer.headers["cache-control"] == "no-store"
            *messages, end = await told(answer)
    assert page["next_cursor"] is None
    assert [message["data"] for message in messages] == page["items"]
    assert [message["id"] for message in messages] == [item["id"] for item in page["items"]]
    assert [item["seq"] for item in page["items"]] == [1, 2, 3]
    assert set(page["items"][0]) == {"id", "seq", "type", "at", "run_id", "step", "step_id", "item", "data"}
    assert end == {"event": "stream.end", "data": {"reason": "run_ended"}}


async def test_who_goes_on_after_the_end_of_a_run_is_told_that_there_is_no_more(
    live: ServedApi, tenant: Tenant, runs: StreamedRuns
) -> None:
    path = f"/runs/{an_ended_run(runs)}/events"
    async with reader(live, tenant) as client:
        ids = [item["id"] for item in (await client.get(path)).json()["items"]]
        async with streaming(client, path, **{"last-event-id": ids[0]}) as answer:
            assert [message.get("id") for message in await told(answer)] == [*ids[1:], None]
        assert (await client.get(path, headers={**STREAM, "last-event-id": ids[-1]})).status_code == 204


async def test_pages_lead_through_a_run_of_50_000_events_and_none_is_larger_than_2_mb(
    live: ServedApi, tenant: Tenant, runs: StreamedRuns
) -> None:
    """Small events fill a page by their number, large ones by their bytes; each page but the last says that more is."""
    run_id = runs.run()
    for size in (2000, 20, 20, 20, 400):
        runs.fill(run_id, 10_000, data={"generation": 1, "reason": "x" * size})
    found, cursor, sizes = list[int](), None, list[int]()
    async with reader(live, tenant) as client:
        small = (await client.get(f"/runs/{run_id}/events")).json()
        while cursor is not None or not sizes:
            query = {"limit": "1000", **({"cursor": cursor} if cursor else {})}
            page = await client.get(f"/runs/{run_id}/events", params=query)
            shown = page.json()
            cursor = shown["next_cursor"]
            found += [item["seq"] for item in shown["items"]]
            sizes.append(len(page.content))
    assert found == list(range(1, 50_001))
    assert 1_000_000 < max(sizes) < 2_000_000
    assert len(small["items"]) == 100
    assert small["next_cursor"] is not None


async def test_one_event_is_shown_whatever_its_size(live: ServedApi, tenant: Tenant, runs: StreamedRuns) -> None:
    run_id = runs.run()
    runs.fill(run_id, 2, data={"generation": 1, "reason": "x" * 1_600_000})
    async with reader(live, tenant) as client:
        page = (await client.get(f"/runs/{run_id}/events")).json()
    assert [item["seq"] for item in page["items"]] == [1]
    assert page["next_cursor"] is not None


async def test_a_stream_of_a_run_tells_what_happens_while_it_is_open_and_is_silent_aloud_meanwhile(
    live: ServedApi, tenant: Tenant, runs: StreamedRuns
) -> None:
    run_id = runs.run()
    runs.fill(run_id, 1)
    async with reader(live, tenant) as client, streaming(client, f"/runs/{run_id}/events") as answer:
        text, more = "", False
        async for piece in answer.aiter_text():
            text += piece
            if not more and ": still here" in text and len(messages_of(text)) == 1:
                runs.fill(run_id, 2)
                more = True
            if len(messages_of(text)) == 3:
                break
    assert [message["data"]["seq"] for message in messages_of(text)] == [1, 2, 3]


async def test_the_tenant_s_stream_begins_now_or_after_the_event_that_is_named(
    live: ServedApi, tenant: Tenant, runs: StreamedRuns
) -> None:
    run_id = runs.run()
    runs.fill(run_id, 3)
    async with reader(live, tenant) as client:
        page = (await client.get("/events", params={"limit": 2})).json()
        assert [item["seq"] for item in page["items"]] == [1, 2]
        assert page["next_cursor"] is not None
        async with streaming(client, "/events", **{"last-event-id": page["items"][0]["id"]}) as answer:
            first, *_ = await told(answer, until="run.running")
            assert first["data"]["seq"] == 2
        async with streaming(client, "/events") as answer:
            runs.fill(run_id, 1, data={"generation": 9})
            [message] = await told(answer, until="run.running")
    assert (message["data"]["seq"], message["data"]["data"]) == (4, {"generation": 9})


async def test_what_belongs_to_no_run_stands_in_the_tenants_stream_alone(
    live: ServedApi, scratch: ScratchDatabase, tenant: Tenant, runs: StreamedRuns
) -> None:
    run_id = runs.run()
    runs.fill(run_id, 1)
    owner = live.api.caller(tenant)
    neighbour = Tenant().create(scratch)
    async with (
        owner,
        reader(live, tenant) as client,
        reader(live, neighbour) as other,
        streaming(client, "/events") as answer,
    ):
        engaged = await owner.put("/kill-switch", json={"engaged": True, "reason": "a key has leaked"})
        assert (await owner.put("/kill-switch", json={"engaged": False})).status_code == 200
        message, lifted = await told(answer, until="kill_switch.lifted")
        page = (await client.get("/events")).json()["items"]
        of_run = (await client.get(f"/runs/{run_id}/events")).json()["items"]
        theirs = (await other.get("/events")).json()["items"]
    shown = message["data"]
    assert (shown["run_id"], shown["seq"], shown["step"], shown["id"]) == (None, None, None, message["id"])
    assert shown["data"] == {"reason": "a key has leaked", "actor": engaged.json()["engaged_by"]}
    assert [one["type"] for one in page] == ["run.running", "kill_switch.engaged", "kill_switch.lifted"]
    assert page[1:] == [shown, lifted["data"]]
    assert [one["type"] for one in of_run] == ["run.running"]
    assert theirs == []


async def test_a_neighbour_s_run_has_no_stream_and_its_ids_lead_to_nothing(
    live: ServedApi, scratch: ScratchDatabase, tenant: Tenant, runs: StreamedRuns
) -> None:
    run_id = an_ended_run(runs)
    neighbour = Tenant().create(scratch)
    async with reader(live, tenant) as mine:
        last = (await mine.get(f"/runs/{run_id}/events")).json()["items"][0]["id"]
    async with reader(live, neighbour, **STREAM) as client:
        assert (await client.get(f"/runs/{run_id}/events")).status_code == 404
        assert (await client.get("/events", headers={"accept": "application/json"})).json()["items"] == []
        theirs = StreamedRuns(scratch, neighbour)
        own = theirs.run()
        async with streaming(client, "/events", **{"last-event-id": last}) as answer:
            theirs.fill(own, 1)
            assert [message["data"]["run_id"] for message in await told(answer, until="run.running")] == [str(own)]


async def test_an_id_that_no_event_has_had_yet_is_refused(live: ServedApi, tenant: Tenant, runs: StreamedRuns) -> None:
    """As after a restore: a reader would else hear nothing until the database has come so far."""
    ended = an_ended_run(runs)
    for path in (f"/runs/{ended}/events", f"/runs/{runs.run()}/events", "/events"):
        async with reader(live, tenant, **STREAM, **{"last-event-id": "999999999999-1"}) as client:
            problem(await client.get(path), 400, "invalid_cursor")


@pytest.mark.parametrize("last", ["1", "a-b", "-1-2", "1-2-3", "9223372036854775808-1", "1-9999999999999999999"])
async def test_an_id_that_no_event_can_have_is_refused(
    live: ServedApi, tenant: Tenant, runs: StreamedRuns, last: str
) -> None:
    async with reader(live, tenant) as client:
        for path in (f"/runs/{runs.run()}/events", "/events"):
            answer = await client.get(path, headers={**STREAM, "last-event-id": last})
            assert answer.status_code in {400, 422}, answer.text
            assert answer.headers["content-type"] == "application/problem+json"


async def test_a_cursor_of_one_list_is_taken_by_no_other(live: ServedApi, tenant: Tenant, runs: StreamedRuns) -> None:
    run_id = runs.run()
    runs.fill(run_id, 2)
    async with reader(live, tenant) as client:
        cursor = (await client.get("/events", params={"limit": 1})).json()["next_cursor"]
        answer = await client.get(f"/runs/{run_id}/events", params={"cursor": cursor})
    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:lockstep:problem:invalid_cursor"


async def test_a_tenant_s_streams_are_bounded_and_then_all_of_the_process(
    live: ServedApi, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    neighbour = Tenant().create(scratch)
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(reader(live, tenant, **STREAM))
        other = await stack.enter_async_context(reader(live, neighbour, **STREAM))
        held = await stack.enter_async_context(AsyncExitStack())
        for _ in range(2):
            await held.enter_async_context(streaming(client, "/events"))
        refused = await client.get("/events")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
        await stack.enter_async_context(streaming(other, "/events"))
        refused = await other.get("/events")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        assert (await client.get("/events", headers={"accept": "application/json"})).status_code == 200
        await held.aclose()

        async def has_room() -> bool:
            async with client.stream("GET", "/events") as answer:
                return answer.status_code == 200

        await eventually(has_room)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM memberships WHERE tenant_id = %s AND role = 'viewer'",
        "UPDATE tenants SET suspended_at = now() WHERE tenant_id = %s",
    ],
)
async def test_the_stream_of_who_may_not_read_any_more_ends(
    live: ServedApi, scratch: ScratchDatabase, tenant: Tenant, change: str
) -> None:
    async with reader(live, tenant) as client, streaming(client, "/events") as answer:
        with scratch.superuser() as connection:
            connection.execute(change.encode(), [tenant.tenant_id])
        *_, end = await told(answer)
    assert end == {"retry": end["retry"], "event": "stream.end", "data": {"reason": "forbidden"}}


async def test_the_stream_of_a_key_that_is_revoked_ends(
    live: ServedApi, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    async with live.api.caller(tenant) as owner:
        key = (await owner.post("/api-keys", json={"name": "mine", "scopes": ["api"]})).json()["key"]
    headers = {"authorization": f"Bearer {key}"}
    async with (
        httpx.AsyncClient(base_url=f"{live.url}/api/v1", headers=headers, timeout=120) as client,
        streaming(client, "/events") as answer,
    ):
        with scratch.superuser() as connection:
            connection.execute("UPDATE api_keys SET revoked_at = now() WHERE tenant_id = %s", [tenant.tenant_id])
        *_, end = await told(answer)
    assert end["data"] == {"reason": "unauthenticated"}


async def test_streams_end_before_the_process_does_and_say_when_to_come_again(
    scratch: ScratchDatabase, signing: Signing, tenant: Tenant, runs: StreamedRuns
) -> None:
    run_id = runs.run()
    runs.fill(run_id, 1)
    async with (
        a_server(scratch, signing) as ending,
        reader(ending, tenant) as client,
        streaming(client, f"/runs/{run_id}/events") as answer,
    ):
        ending.stop()
        first, end = await told(answer)
    assert first["data"]["seq"] == 1
    assert end["data"] == {"reason": "draining"}
    assert 500 <= int(end["retry"]) <= 3000


async def test_a_reader_that_takes_nothing_is_cut_off(live: ServedApi, tenant: Tenant, runs: StreamedRuns) -> None:
    run_id = runs.run()
    for _ in range(12):
        runs.fill(run_id, 500, data={"generation": 1, "reason": "x" * 2000})
    async with reader(live, tenant) as client:
        authorization = client.headers["authorization"]
    place = urlsplit(live.url)
    read, write = await asyncio.open_connection(place.hostname, place.port, limit=1024)
    lines = [f"GET /api/v1/runs/{run_id}/events HTTP/1.1", "host: x", "accept: text/event-stream"]
    write.write("\r\n".join([*lines, f"authorization: {authorization}", "", ""]).encode())
    seats = live.api.app.state.resources.streams.seats

    async def is_seated() -> bool:
        return bool(seats.taken)

    async def has_left() -> bool:
        return not seats.taken

    await eventually(is_seated)
    await eventually(has_left)
    async with asyncio.timeout(60):
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await read.readexactly(10**9)
    write.close()


async def test_head_of_a_stream_ends_at_its_beginning(live: ServedApi, tenant: Tenant) -> None:
    async with reader(live, tenant) as client, asyncio.timeout(60):
        answer = await client.head("/events", headers=STREAM)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"].startswith("text/event-stream")


async def test_open_streams_hold_no_connection(live: ServedApi, scratch: ScratchDatabase, tenant: Tenant) -> None:
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"

    def none_is_held() -> bool:
        with scratch.superuser() as connection:
            return connection.execute(query).fetchone() == (0,)

    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(reader(live, tenant))
        for _ in range(2):
            answer = await stack.enter_async_context(streaming(client, "/events"))
            await anext(answer.aiter_bytes())
        await eventually(lambda: asyncio.to_thread(none_is_held))


async def test_a_page_takes_no_id_of_a_stream(live: ServedApi, tenant: Tenant, runs: StreamedRuns) -> None:
    async with reader(live, tenant) as client:
        for path in (f"/runs/{an_ended_run(runs)}/events", "/events"):
            answer = await client.get(path, headers={"last-event-id": "1-1"})
            told = problem(answer, 400, "bad_request", pointer="/header/last-event-id")
            assert "text/event-stream" in told["remedy"]
