"""What a worker makes of the gateway's answers: which end a step, which are tried again, and when."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc.jwk import OKPKey

from fixtures.machine.free_port import free_port
from fixtures.running.works import a_work
from foundation.contracts.gateway.model_call import CALL_KEY_HEADER
from foundation.domain.errors import BudgetExceeded, DependencyUnavailable, LeaseLost, RunClosed
from foundation.http.service_tokens import ServiceTokenSigner
from orchestrator.clients.liveness import Liveness
from orchestrator.clients.model_gateway.base import ModelGateway
from orchestrator.clients.model_gateway.openai_client import OpenAiModelGateway, claims_of
from orchestrator.clients.not_reached import NotReached
from orchestrator.work import TickFailed

REQUEST = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}
PRIVATE = OKPKey.generate_key("Ed25519", {"kid": "test"}, private=True).as_dict(private=True)


class Played:
    """A server that gives one answer, and the client under test."""

    gateway: ModelGateway

    def __init__(self) -> None:
        self.answer: dict[str, Any] = {"status": 200, "body": "{}"}
        self.asked: list[web.Request] = []

    async def serve(self, request: web.Request) -> web.Response:
        self.asked.append(request)
        return web.Response(content_type="application/json", **self.answer)

    async def complete(self) -> dict[str, Any]:
        return await self.gateway.complete(a_work(), call_key="the-key", request=REQUEST)

    def refuse(self, status: int, error: dict[str, Any], **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answer = {"status": status, "body": json.dumps({"error": error}), "headers": named}


@pytest.fixture
async def played() -> AsyncIterator[Played]:
    made, application = Played(), web.Application()
    application.router.add_post("/v1/chat/completions", made.serve)
    server = TestServer(application)
    await server.start_server()
    signer = ServiceTokenSigner(PRIVATE, service="orchestrator")
    made.gateway = OpenAiModelGateway(str(server.make_url("/")), signer)
    yield made
    await made.gateway.close()
    await server.close()


async def test_an_answer_is_given_as_it_came_and_asked_for_under_its_key(played: Played) -> None:
    document = {"id": "1", "choices": [{"message": {"content": "hi"}}], "unknown": {"kept": 1.5}}
    played.answer = {"status": 200, "body": json.dumps(document)}
    assert await played.complete() == document
    [request] = played.asked
    assert request.headers[CALL_KEY_HEADER] == "the-key"
    assert request.headers["authorization"].startswith("Bearer ey")


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504])
async def test_what_may_pass_is_tried_again(played: Played, status: int) -> None:
    played.refuse(status, {"code": "some_code", "message": "words"})
    with pytest.raises(TickFailed) as failed:
        await played.complete()
    assert failed.value.retryable
    assert (failed.value.failure.code, failed.value.failure.detail) == ("some_code", "words")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
async def test_what_will_not_pass_ends_the_step(played: Played, status: int) -> None:
    played.refuse(status, {"code": "some_code", "message": "words"})
    with pytest.raises(TickFailed) as failed:
        await played.complete()
    assert not failed.value.retryable


@pytest.mark.parametrize(
    ("status", "advice", "retryable"),
    [(400, "true", True), (503, "false", False), (429, "false", False), (503, "perhaps", True), (400, "", False)],
)
async def test_the_gateway_s_advice_goes_before_what_the_status_says(
    played: Played, status: int, advice: str, *, retryable: bool
) -> None:
    played.refuse(status, {"code": "some_code", "message": "words"}, x_should_retry=advice)
    with pytest.raises(TickFailed) as failed:
        await played.complete()
    assert failed.value.retryable is retryable


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "3"}, 3),
        ({"retry_after_ms": "250"}, 0.25),
        ({"retry_after_ms": "250", "retry_after": "3"}, 0.25),
        ({"retry_after_ms": "soon", "retry_after": "3"}, 3),
        ({"retry_after": "tomorrow"}, None),
        ({}, None),
    ],
)
async def test_a_failure_says_when_it_may_be_tried_again_at_the_earliest(
    played: Played, headers: dict[str, str], seconds: float | None
) -> None:
    played.refuse(503, {"code": "some_code", "message": "words"}, **headers)
    with pytest.raises(TickFailed) as failed:
        await played.complete()
    assert failed.value.retry_after == seconds


async def test_a_budget_that_is_spent_says_which_and_what_is_left(played: Played) -> None:
    played.refuse(402, {"code": "budget_exceeded", "message": "spent", "scope": "step", "remaining": {"tokens": 3}})
    with pytest.raises(BudgetExceeded) as spent:
        await played.complete()
    assert (spent.value.scope, spent.value.remaining) == ("step", {"tokens": 3})


async def test_a_budget_that_names_no_scope_is_the_run_s(played: Played) -> None:
    played.refuse(402, {"message": "spent", "remaining": "nothing"})
    with pytest.raises(BudgetExceeded) as spent:
        await played.complete()
    assert spent.value.scope == "run"
    assert not spent.value.remaining


@pytest.mark.parametrize(("status", "code", "error"), [(403, "run_closed", RunClosed), (409, "stale_lease", LeaseLost)])
async def test_a_run_that_is_closed_and_a_lease_that_is_lost_are_no_failures_of_the_step(
    played: Played, status: int, code: str, error: type[Exception]
) -> None:
    played.refuse(status, {"code": code, "message": "words"})
    with pytest.raises(error):
        await played.complete()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("[1]", "model_answer_invalid"),
        ('"text"', "model_answer_invalid"),
        ('{"a": "\\u0000"}', "model_answer_refused"),
        ("{", "model_answer_refused"),
    ],
)
async def test_an_answer_that_no_store_can_hold_ends_the_step_at_once(played: Played, body: str, code: str) -> None:
    played.answer = {"status": 200, "body": body}
    with pytest.raises(TickFailed) as failed:
        await played.complete()
    assert (failed.value.failure.code, failed.value.retryable) == (code, False)


async def test_an_error_that_is_no_document_is_named_by_its_status(played: Played) -> None:
    played.answer = {"status": 502, "body": "[]"}
    with pytest.raises(TickFailed) as failed:
        await played.complete()
    assert (failed.value.failure.code, failed.value.retryable) == ("http_502", True)


async def test_a_gateway_that_does_not_answer_is_unavailable() -> None:
    gateway = OpenAiModelGateway(f"http://127.0.0.1:{free_port()}", ServiceTokenSigner(PRIVATE, service="orchestrator"))
    with pytest.raises(DependencyUnavailable):
        await gateway.complete(a_work(), call_key="the-key", request=REQUEST)
    await gateway.close()


async def test_a_gateway_that_is_frozen_is_not_reached() -> None:
    """It takes connections, as the kernel does for a process that is stopped, and says nothing."""
    taken: list[asyncio.StreamWriter] = []
    silent = await asyncio.start_server(lambda _, writer: taken.append(writer), "127.0.0.1", 0)
    host, port = silent.sockets[0].getsockname()
    soon = Liveness(every_seconds=0.01, answer_seconds=0.05, missed=2)
    signer = ServiceTokenSigner(PRIVATE, service="orchestrator")
    gateway = OpenAiModelGateway(f"http://{host}:{port}", signer, liveness=soon)
    try:
        with pytest.raises(NotReached, match="the gateway has stopped answering"):
            await gateway.complete(a_work(), call_key="the-key", request=REQUEST)
    finally:
        await gateway.close()
        for writer in taken:
            writer.close()
        silent.close()
        await silent.wait_closed()


async def test_a_gateway_that_takes_its_time_and_says_how_it_is_is_waited_for() -> None:
    asked, application = 0, web.Application()
    may_answer = asyncio.Event()

    async def health(_: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        if asked > 3:
            may_answer.set()
        return web.Response(status=503)

    async def serve(_: web.Request) -> web.Response:
        await asyncio.wait_for(may_answer.wait(), 10)
        return web.json_response({"choices": []})

    application.router.add_get("/health", health)
    application.router.add_post("/v1/chat/completions", serve)
    server = TestServer(application)
    await server.start_server()
    soon = Liveness(every_seconds=0.01, answer_seconds=5, missed=2)
    signer = ServiceTokenSigner(PRIVATE, service="orchestrator")
    gateway = OpenAiModelGateway(str(server.make_url("/")), signer, liveness=soon)
    assert await gateway.complete(a_work(), call_key="the-key", request=REQUEST) == {"choices": []}
    await gateway.close()
    await server.close()


def test_a_run_token_names_the_claim_and_the_caps_of_run_and_step() -> None:
    step = {"name": "ask", "kind": "llm", "prompt": "hello", "budget": {"tokens": 7}}
    work = a_work(step, fence=3, run_budget_tokens=100, run_budget_nano_usd=5)
    claims, dispatch = claims_of(work), work.claim.dispatch
    assert (claims.tenant_id, claims.run_id, claims.step_id) == (
        dispatch.tenant_id,
        dispatch.run_id,
        dispatch.step_id,
    )
    assert (claims.generation, claims.fence) == (1, 3)
    assert (claims.caps.run.tokens, claims.caps.run.nano_usd) == (100, 5)
    assert (claims.caps.step.tokens, claims.caps.step.nano_usd) == (7, None)
    assert claims_of(a_work()).caps.step.tokens is None
