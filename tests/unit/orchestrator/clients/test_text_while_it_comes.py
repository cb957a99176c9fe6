"""A streamed answer is told as it comes and is the same answer; one that breaks off is asked for as a whole."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc.jwk import OKPKey

from fixtures.running.works import a_work
from foundation.contracts.gateway.model_call import CALL_KEY_HEADER
from foundation.domain.errors import RunClosed
from foundation.http.service_tokens import ServiceTokenSigner
from orchestrator.clients.model_gateway.openai_client import OpenAiModelGateway

REQUEST = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}
PRIVATE = OKPKey.generate_key("Ed25519", {"kid": "test"}, private=True).as_dict(private=True)
USAGE = {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}
CALL = {"id": "call-1", "type": "function", "function": {"name": "look", "arguments": '{"at": "ice"}'}}


def a_document(message: dict[str, Any], finish_reason: str = "stop") -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish_reason}
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [choice],
        "usage": USAGE,
    }


def a_chunk(delta: dict[str, Any] | None = None, finish_reason: str | None = None, **more: Any) -> str:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish_reason}]
    head = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return f"data: {json.dumps({**head, 'choices': choices, **more})}\n\n"


USAGE_CHUNK, DONE = a_chunk(usage=USAGE), "data: [DONE]\n\n"
ROLE = a_chunk({"role": "assistant", "content": ""})


class Played:
    """A server that streams to whoever asks for a stream, and answers as a whole otherwise."""

    gateway: OpenAiModelGateway

    def __init__(self) -> None:
        self.stream = [ROLE, a_chunk({"content": "hi"}), a_chunk({}, "stop"), USAGE_CHUNK, DONE]
        self.headers: dict[str, str] = {"content-type": "text/event-stream; charset=utf-8"}
        self.cut = False
        self.whole: dict[str, Any] = a_document({"content": "as a whole"})
        self.refused: tuple[int, str] | None = None
        self.asked: list[tuple[dict[str, Any], str]] = []
        self.told: list[str] = []

    async def serve(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.asked.append((body, request.headers[CALL_KEY_HEADER]))
        if self.refused is not None:
            status, code = self.refused
            return web.json_response({"error": {"code": code, "message": "words"}}, status=status)
        if not body.get("stream") or "json" in self.headers["content-type"]:
            return web.json_response(self.whole)
        answer = web.StreamResponse(headers=self.headers)
        await answer.prepare(request)
        for piece in self.stream:
            await answer.write(piece.encode())
        if self.cut and request.transport is not None:
            request.transport.abort()
        return answer

    async def complete(self) -> dict[str, Any]:
        return await self.gateway.complete(a_work(), call_key="key", request=REQUEST, on_text=self.told.append)


@pytest.fixture
async def played() -> AsyncIterator[Played]:
    made, application = Played(), web.Application()
    application.router.add_post("/v1/chat/completions", made.serve)
    server = TestServer(application)
    await server.start_server()
    made.gateway = OpenAiModelGateway(str(server.make_url("/")), ServiceTokenSigner(PRIVATE, service="orchestrator"))
    yield made
    await made.gateway.close()
    await server.close()


async def test_text_is_told_in_pieces_and_the_answer_is_what_it_is_without_a_stream(played: Played) -> None:
    played.stream = [
        ROLE,
        a_chunk({"content": "Five "}),
        a_chunk({"content": "🐧"}),
        a_chunk({}, "stop"),
        USAGE_CHUNK,
        DONE,
    ]
    assert await played.complete() == a_document({"content": "Five 🐧"})
    assert played.told == ["Five ", "🐧"]
    [(body, key)] = played.asked
    assert {name: body[name] for name in REQUEST} == REQUEST
    assert (body["stream"], body["stream_options"], key) == (True, {"include_usage": True}, "key")


async def test_calls_of_tools_are_put_together_as_they_stand_in_a_whole_answer(played: Played) -> None:
    part = {"index": 0, "id": "call-1", "type": "function", "function": {"name": "look", "arguments": '{"at": '}}
    rest = {"index": 0, "function": {"arguments": '"ice"}'}}
    played.stream = [
        ROLE,
        a_chunk({"tool_calls": [part]}),
        a_chunk({"tool_calls": [rest]}),
        a_chunk({}, "tool_calls"),
        USAGE_CHUNK,
        DONE,
    ]
    assert await played.complete() == a_document({"content": None, "tool_calls": [CALL]}, "tool_calls")
    assert played.told == []


async def test_members_that_only_some_vendors_have_are_kept(played: Played) -> None:
    thinking = [a_chunk({"reasoning_content": "I "}), a_chunk({"reasoning_content": "see"})]
    played.stream = [ROLE, *thinking, a_chunk({"content": "hi"}), a_chunk({}, "stop"), USAGE_CHUNK, DONE]
    assert await played.complete() == a_document({"content": "hi", "reasoning_content": "I see"})


async def test_an_answer_that_is_cut_at_its_length_is_an_answer(played: Played) -> None:
    played.stream = [ROLE, a_chunk({"content": "NaN"}), a_chunk({}, "length"), USAGE_CHUNK, DONE]
    assert await played.complete() == a_document({"content": "NaN"}, "length")


async def test_what_a_server_names_in_each_chunk_is_named_once(played: Played) -> None:
    call = {"index": 0, "id": "call-1", "type": "function"}
    parts = [{**call, "function": {"name": "look", "arguments": part}} for part in ('{"at": ', '"ice"}')]
    chunks = [a_chunk({"role": "assistant", "tool_calls": [part]}) for part in parts]
    played.stream = [*chunks, a_chunk({}, "tool_calls"), USAGE_CHUNK, DONE]
    assert await played.complete() == a_document({"content": None, "tool_calls": [CALL]}, "tool_calls")


@pytest.mark.parametrize(
    "stream",
    [
        pytest.param([ROLE, a_chunk({"content": ["text"]}), a_chunk({}, "stop"), DONE], id="of two kinds"),
        pytest.param(
            [ROLE, a_chunk({"tool_calls": [{"index": 3, "id": "x"}]}), DONE], id="with a call that is missing"
        ),
        pytest.param([ROLE, a_chunk({"x": [{"index": -1}]}), DONE], id="with a place before the first"),
        pytest.param([ROLE, a_chunk({"x": [1]}), a_chunk({"x": [{"index": 0}]}), DONE], id="with items of two kinds"),
        pytest.param([DONE], id="without a choice"),
        pytest.param([ROLE, a_chunk({"content": "half"})], id="without an end"),
        pytest.param([ROLE, 'data: {"error": {"message": "cut", "code": "upstream_cut"}}\n\n'], id="with an error"),
        pytest.param([ROLE, "data: {half\n\n"], id="unreadable"),
        pytest.param([": waiting\n\n"], id="empty"),
    ],
)
async def test_a_stream_that_does_not_end_well_is_asked_for_as_a_whole_under_its_key(
    played: Played, stream: list[str]
) -> None:
    played.stream = stream
    assert await played.complete() == played.whole
    assert [(body.get("stream"), key) for body, key in played.asked] == [(True, "key"), (None, "key")]


async def test_a_connection_that_is_cut_is_no_end(played: Played) -> None:
    played.stream, played.cut = [ROLE, a_chunk({"content": "half"})], True
    assert await played.complete() == played.whole


async def test_an_answer_that_was_stored_whole_is_taken_as_it_is(played: Played) -> None:
    played.headers["content-type"] = "application/json"
    assert await played.complete() == played.whole
    assert played.told == []


async def test_a_stream_that_was_given_before_is_not_told_again(played: Played) -> None:
    played.headers["x-lockstep-replayed"] = "true"
    assert await played.complete() == a_document({"content": "hi"})
    assert played.told == []


async def test_a_refusal_is_none_of_the_stream_s(played: Played) -> None:
    played.refused = (403, "run_closed")
    with pytest.raises(RunClosed):
        await played.complete()
    assert len(played.asked) == 1
