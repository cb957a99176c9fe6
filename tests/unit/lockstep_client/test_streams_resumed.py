"""A stream is one stream over however many connections; lists are one list over all pages; runs are waited for."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from lockstep_client import (
    AsyncClient,
    Client,
    Forbidden,
    RunNotEnded,
    StreamedText,
    Unauthenticated,
    Unreachable,
    every,
    every_async,
)
from lockstep_client.events import EventReading
from lockstep_client.generated.models import RunEventType, RunStatus, RunView
from lockstep_client.waiting import Waiting

HERE = "http://api.example"
RUN = UUID(int=7)
END = 'retry: 1\nevent: stream.end\ndata: {"reason": "%s"}\n\n'


def event(place: str, *, kind: str = "run.running") -> dict[str, Any]:
    return {
        "id": place,
        "seq": 1,
        "type": kind,
        "at": "2026-03-01T12:00:00.251Z",
        "run_id": str(RUN),
        "step": None,
        "step_id": None,
        "item": None,
        "data": {"generation": 1},
    }


def frame(place: str, **of: str) -> str:
    told = event(place, **of)
    return f"id: {place}\nevent: {told['type']}\ndata: {json.dumps(told)}\n\n"


def piece() -> str:
    said = {"attempt": 1, "fence": 2, "turn": 1, "offset": 0, "text": "Hi", "cut": False}
    told = {"type": "step.text", "run_id": str(RUN), "step": "say", "step_id": str(RUN), "item": None, "data": said}
    return f"event: step.text\ndata: {json.dumps(told)}\n\n"


class Cut(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that breaks off after its text."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __iter__(self) -> Iterator[bytes]:
        yield self._text.encode()
        raise httpx.ReadError("cut")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._text.encode()
        raise httpx.ReadError("cut")


class Server:
    """Gives one connection after the other what it is told, and keeps after which event each wanted to go on."""

    def __init__(self, *connections: httpx.Response) -> None:
        self._connections = list(connections)
        self.after: list[str | None] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.headers["accept"] == "text/event-stream"
        self.after.append(request.headers.get("last-event-id"))
        return self._connections.pop(0)

    def client(self, *, retry_seconds: float = 30) -> Client:
        return Client(HERE, "t", transport=httpx.MockTransport(self), retry_seconds=retry_seconds)


def a_server() -> Server:
    return Server(
        httpx.Response(200, stream=Cut("retry: 1\n\n: still here\n\n" + frame("1-1") + piece() + frame("1-2")[:-9])),
        httpx.Response(503, json={}, headers={"retry-after": "0"}),
        httpx.Response(200, text=frame("1-2") + END % "draining"),
        httpx.Response(200, text=frame("1-3", kind="run.newer_than_this_client") + END % "run_ended"),
    )


def test_a_stream_goes_on_after_the_last_whole_event_until_the_run_has_ended() -> None:
    server, said = a_server(), list[StreamedText]()
    told = list(server.client().follow_run(RUN, on_text=said.append))
    assert [(one.id, one.type_) for one in told] == [
        ("1-1", RunEventType.RUN_RUNNING),
        ("1-2", RunEventType.RUN_RUNNING),
        ("1-3", "run.newer_than_this_client"),
    ]
    assert server.after == [None, "1-1", "1-1", "1-2"]
    assert [(one.text, one.fence, one.step) for one in said] == [("Hi", 2, "say")]


async def test_a_stream_that_is_awaited_goes_on_in_the_same_way() -> None:
    server = a_server()
    async with AsyncClient(HERE, "t", transport=httpx.MockTransport(server)) as client:
        assert [one.id async for one in client.follow_run(RUN)] == ["1-1", "1-2", "1-3"]
    assert server.after == [None, "1-1", "1-1", "1-2"]


def test_whoever_asks_again_after_a_run_s_last_event_hears_that_there_is_no_more() -> None:
    server = Server(httpx.Response(204))
    assert list(server.client().follow_run(RUN, last_event_id="1-3")) == []
    assert server.after == ["1-3"]


def test_a_stream_whose_credential_ends_says_so() -> None:
    server = Server(httpx.Response(200, text=frame("1-1") + END % "unauthenticated"))
    stream = server.client().follow_tenant()
    assert next(stream).id == "1-1"
    with pytest.raises(Unauthenticated, match="expired"):
        next(stream)


def test_a_stream_of_who_may_not_read_any_more_is_not_asked_for_again() -> None:
    server = Server(httpx.Response(200, text=frame("1-1") + END % "forbidden"))
    stream = server.client().follow_tenant()
    assert next(stream).id == "1-1"
    with pytest.raises(Forbidden, match="any more"):
        next(stream)


def test_a_stream_that_nobody_serves_is_given_up() -> None:
    clock = iter([0.0, 5.0, 10.0, 31.0])
    reading = EventReading(None, on_text=None, retry_seconds=30, now=lambda: next(clock))
    away = Unreachable("no answer", was_sent=False)
    reading.broke(away)
    reading.ended(200)
    with pytest.raises(Unreachable):
        reading.broke(away)


def pages(request: httpx.Request) -> httpx.Response:
    assert request.url.params["email"] == "a@example.com"
    page = int(request.url.params.get("cursor", "0"))
    item = {
        "user_id": str(UUID(int=page)),
        "kind": "person",
        "email": "a@example.com",
        "name": None,
        "role": {"id": None, "name": "owner"},
        "since": "2026-03-01T12:00:00Z",
        "version": 1,
    }
    return httpx.Response(200, json={"items": [item], "next_cursor": None if page == 2 else str(page + 1)})


async def test_a_list_is_one_over_all_of_its_pages() -> None:
    with Client(HERE, "t", transport=httpx.MockTransport(pages)) as client:
        members = list(every(client.people.list_members, email="a@example.com"))
    assert len(members) == 3
    async with AsyncClient(HERE, "t", transport=httpx.MockTransport(pages)) as awaited:
        assert [one async for one in every_async(awaited.people.list_members, email="a@example.com")] == members


class _Usage:
    final = False


class _Run:
    usage = _Usage()

    def __init__(self, status: RunStatus) -> None:
        self.status = status


@pytest.mark.parametrize(
    ("status", "final_bill", "over"),
    [
        (RunStatus.PAUSED, False, False),
        (RunStatus.COMPLETED, False, True),
        (RunStatus.COMPLETED, True, False),
        (RunStatus.TIMED_OUT, False, True),
    ],
)
def test_a_run_is_over_when_it_has_ended_and_with_its_bill_if_that_is_asked_for(
    status: RunStatus, *, final_bill: bool, over: bool
) -> None:
    run: Any = _Run(status)
    assert Waiting(RUN, final_bill=final_bill, deadline=0).is_over(run) is over


def test_whoever_waits_asks_less_and_less_often_and_not_for_ever() -> None:
    run: RunView | Any = _Run(RunStatus.RUNNING)
    waiting = Waiting(RUN, final_bill=False, deadline=100)
    pauses = [waiting.pause(run, now=1) for _ in range(8)]
    assert pauses == [0.2, 0.3, 0.5, 0.8, 1.2, 2.0, 2.0, 2.0]
    assert waiting.pause(run, now=99.5) == 0.5
    with pytest.raises(RunNotEnded, match="explain"):
        waiting.pause(run, now=100)
