"""Faults before an answer: each does on every wire what its name says, and nothing is billed."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import anthropic
import httpx
import openai
import pytest

from fixtures.providers.faulty_calls import CHAT, PATHS, STATUSES, USER, both, call_of, post, wires
from fixtures.providers.provider_in_process import Provider


@both
@pytest.mark.parametrize("path", [*PATHS, "/v1/embeddings"])
async def test_a_status_is_a_refusal_in_the_vendors_words_and_costs_nothing(
    provider: Provider, path: str, *, streamed: bool
) -> None:
    for status in STATUSES:
        body = call_of(path, f"status={status}", streamed=streamed) | {"input": "x"}
        answer = await provider.http.post(path, json=body)
        error = answer.json()["error"]
        assert (answer.status_code, bool(error["type"]), error["message"]) == (status, True, "a simulated refusal")
    assert provider.lines() == []


async def test_the_vendors_clients_know_the_refusals(provider: Provider) -> None:
    for status, problem in (
        (401, openai.AuthenticationError),
        (409, openai.ConflictError),
        (429, openai.RateLimitError),
    ):
        with pytest.raises(problem):
            await provider.openai.responses.create(model=f"fault-status={status}", input="x")
    body: dict[str, Any] = {"max_tokens": 1, "messages": [USER]}
    for status, refusal in ((403, anthropic.PermissionDeniedError), (503, anthropic.InternalServerError)):
        with pytest.raises(refusal):
            await provider.anthropic.messages.create(model=f"fault-status={status}", **body)
    with pytest.raises(anthropic.APIStatusError) as overloaded:
        await provider.anthropic.messages.create(model="fault-status=529", **body)
    assert isinstance(overloaded.value.body, dict)
    assert overloaded.value.body["error"]["type"] == "overloaded_error"


async def test_a_refusal_says_when_to_come_back_in_any_form(provider: Provider) -> None:
    answer = await post(provider, CHAT, "status=429+retry-after=1.5+retry-after-ms=1500")
    assert (answer.headers["retry-after"], answer.headers["retry-after-ms"]) == ("1.5", "1500")
    before = datetime.now(UTC)
    answer = await post(provider, CHAT, "status=503+retry-after-date=60")
    moment = parsedate_to_datetime(answer.headers["retry-after"])
    assert timedelta(seconds=58) < moment - before < timedelta(hours=1)


@wires
async def test_what_passes_with_its_schedule_is_answered_then(provider: Provider, path: str) -> None:
    flapping = [(await post(provider, path, "flap=1+status=503")).status_code for _ in range(2)]
    assert flapping == [503, 200]
    third = [(await post(provider, path, "fail-every=3")).status_code for _ in range(4)]
    assert third == [200, 200, 500, 200]
    moments = [datetime.now(UTC).timestamp() + more for more in (3600, -1)]
    until = [(await post(provider, path, f"fail-until={moment:.0f}+status=429")).status_code for moment in moments]
    assert until == [429, 200]
    assert len(provider.lines()) == 1 + 3 + 1


@wires
@both
async def test_a_refused_connection_is_closed_without_a_word(provider: Provider, path: str, *, streamed: bool) -> None:
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        await post(provider, path, "refuse", streamed=streamed)
    assert await provider.raw(path, json.dumps(call_of(path, "refuse")).encode()) == b""
    assert provider.lines() == []
    assert (await post(provider, path, "delay=0")).status_code == 200


@wires
@both
async def test_garbage_is_a_page_of_html_and_costs_nothing(provider: Provider, path: str, *, streamed: bool) -> None:
    answer = await post(provider, path, "garbage", streamed=streamed)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html")
    assert answer.text.startswith("<!DOCTYPE html>")
    assert provider.lines() == []


@wires
@both
@pytest.mark.parametrize("fault", ["hang", "slow=1000"])
async def test_nothing_comes_while_an_answer_is_slow(
    provider: Provider, path: str, fault: str, *, streamed: bool
) -> None:
    with pytest.raises(httpx.ReadTimeout):
        await provider.http.post(path, json=call_of(path, fault, streamed=streamed), timeout=0.2)


@wires
@both
async def test_a_late_first_token_comes_after_the_status(provider: Provider, path: str, *, streamed: bool) -> None:
    body = call_of(path, "ttft=1000", streamed=streamed)
    async with provider.http.stream("POST", path, json=body, timeout=0.2) as answer:
        assert answer.status_code == 200
        with pytest.raises(httpx.ReadTimeout):
            await anext(answer.aiter_bytes())
