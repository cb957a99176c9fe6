"""Each fault does on every wire what its name says, and the invoice has what was generated, no more."""

import json
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

import anthropic
import httpx
import openai
import pytest

from fixtures.providers.provider_in_process import Provider
from simulated_provider.answers.tokens import count_text

USER = {"role": "user", "content": "How many penguins?"}
CHAT, RESPONSES, MESSAGES = "/v1/chat/completions", "/v1/responses", "/v1/messages"
PATHS = [CHAT, RESPONSES, MESSAGES]
SAID = "This is a simulated answer to: How many penguins?"
STATUSES = [400, 401, 403, 404, 408, 409, 413, 429, 500, 503, 529]
TERMINAL = {CHAT: "[DONE]", RESPONSES: "response.completed", MESSAGES: "message_stop"}

wires = pytest.mark.parametrize("path", PATHS)
both = pytest.mark.parametrize("streamed", [False, True], ids=["plain", "stream"])


def asked(path: str, fault: str, *, streamed: bool = False, **more: Any) -> dict[str, Any]:
    model = {"model": f"fault-{fault}", "stream": streamed, **more}
    if path == RESPONSES:
        return {**model, "input": USER["content"]}
    if path == CHAT and streamed:
        model["stream_options"] = {"include_usage": True}
    return {**model, "messages": [USER], "max_tokens": 200}


async def post(provider: Provider, path: str, fault: str, *, streamed: bool = False) -> httpx.Response:
    return await provider.http.post(path, json=asked(path, fault, streamed=streamed))


def data_in(answer: httpx.Response) -> list[Any]:
    lines = [line.removeprefix("data: ") for line in answer.text.splitlines() if line.startswith("data: ")]
    return [line if line == "[DONE]" else json.loads(line) for line in lines]


def kind_of(event: Any) -> str:
    return event if isinstance(event, str) else event.get("type", "chunk")


def usages_in(events: list[Any]) -> list[dict[str, Any]]:
    """What the last events tell of usage, whichever wire they are on."""
    told = [event.get("response", event).get("usage") for event in events if isinstance(event, dict)]
    return [usage for usage in told if usage is not None]


def text_in(events: list[Any]) -> str:
    """The text in a stream's pieces."""
    said = ""
    for event in events:
        if kind_of(event) == "chunk" and event.get("choices"):
            said += event["choices"][0]["delta"].get("content") or ""
        elif kind_of(event) == "content_block_delta":
            said += event["delta"]["text"]
        elif kind_of(event) == "response.output_text.delta":
            said += event["delta"]
    return said


@both
@pytest.mark.parametrize("path", [*PATHS, "/v1/embeddings"])
async def test_a_status_is_a_refusal_in_the_vendors_words_and_costs_nothing(
    provider: Provider, path: str, *, streamed: bool
) -> None:
    for status in STATUSES:
        body = asked(path, f"status={status}", streamed=streamed) | {"input": "x"}
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
    assert await provider.raw(path, json.dumps(asked(path, "refuse")).encode()) == b""
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
        await provider.http.post(path, json=asked(path, fault, streamed=streamed), timeout=0.2)


@wires
@both
async def test_a_late_first_token_comes_after_the_status(provider: Provider, path: str, *, streamed: bool) -> None:
    body = asked(path, "ttft=1000", streamed=streamed)
    async with provider.http.stream("POST", path, json=body, timeout=0.2) as answer:
        assert answer.status_code == 200
        with pytest.raises(httpx.ReadTimeout):
            await anext(answer.aiter_bytes())


@wires
@pytest.mark.parametrize("at", [0, 1, 4, 9])
@pytest.mark.parametrize("fault", ["cut", "malformed", "error-event", "stall"])
async def test_a_stream_that_breaks_is_billed_for_what_was_generated(
    provider: Provider, path: str, fault: str, at: int
) -> None:
    lines: list[str] = []
    with pytest.raises(httpx.HTTPError) if fault in {"cut", "stall"} else nullcontext():
        body = asked(path, f"{fault}={at}", streamed=True)
        async with provider.http.stream("POST", path, json=body, timeout=0.5) as answer:
            async for text in answer.aiter_lines():
                lines += [text.removeprefix("data: ")] if text.startswith("data: ") else []
    events = [json.loads(line) for line in lines if line.endswith("}")]
    said = text_in(events)
    assert SAID.startswith(said)
    assert (said == "") is (at < 2)
    assert TERMINAL[path] not in lines[-1:] + [kind_of(event) for event in events[-1:]]
    line = provider.line()
    assert (line.output_tokens, line.input_tokens > 0) == (count_text(said), True)
    if fault == "malformed":
        assert lines[-1].startswith("{")
        with pytest.raises(json.JSONDecodeError):
            json.loads(lines[-1])
    if fault == "error-event":
        failures = {"error", "response.failed"} if path == RESPONSES else {"error"} if path == MESSAGES else {"chunk"}
        assert kind_of(events[-1]) in failures
        assert "error" in events[-1] or events[-1].get("code") or events[-1]["response"]["error"]


@wires
async def test_overload_is_the_first_event(provider: Provider, path: str) -> None:
    [event] = data_in(await post(provider, path, "overload", streamed=True))
    kinds = {CHAT: "server_error", RESPONSES: "server_error", MESSAGES: "overloaded_error"}
    assert kinds[path] == (event["code"] if path == RESPONSES else event["error"]["type"])
    assert provider.line().output_tokens == 0


@wires
async def test_a_response_that_fails_later_says_so_in_its_own_event(provider: Provider, path: str) -> None:
    events = data_in(await post(provider, path, "error-event=3", streamed=True))
    if path == RESPONSES:
        assert (events[-1]["type"], events[-1]["response"]["status"]) == ("response.failed", "failed")
        assert [event["sequence_number"] for event in events] == list(range(len(events)))
    else:
        assert "error" in events[-1]


@wires
@pytest.mark.parametrize("fault", ["cut=1", "stall=1"])
async def test_a_plain_answer_breaks_in_its_middle_and_is_billed(provider: Provider, path: str, fault: str) -> None:
    with pytest.raises(httpx.HTTPError):
        await provider.http.post(path, json=asked(path, fault), timeout=0.5)
    assert provider.line().output_tokens == count_text(SAID)


@wires
async def test_a_plain_answer_may_be_no_json(provider: Provider, path: str) -> None:
    answer = await post(provider, path, "malformed=0")
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert provider.line().output_tokens == count_text(SAID)


@wires
async def test_a_stream_may_end_cleanly_without_its_last_event(provider: Provider, path: str) -> None:
    events = data_in(await post(provider, path, "bad-done", streamed=True))
    assert text_in(events) == SAID
    assert kind_of(events[-1]) != TERMINAL[path]
    whole = data_in(await post(provider, path, "delay=0", streamed=True))
    assert [kind_of(event) for event in whole] == [*(kind_of(event) for event in events), TERMINAL[path]]


@wires
@both
@pytest.mark.parametrize(("fault", "claimed"), [("zero-usage", 0), ("absurd-usage", 10**9), ("no-usage", None)])
async def test_false_usage_is_told_and_the_true_one_billed(
    provider: Provider, path: str, fault: str, claimed: int | None, *, streamed: bool
) -> None:
    answer = await post(provider, path, fault, streamed=streamed)
    told = usages_in(data_in(answer)) if streamed else usages_in([answer.json()])
    if claimed is None:
        assert told == []
    else:
        assert told[-1].get("output_tokens", told[-1].get("completion_tokens")) == claimed
        inputs = told[-1].get("input_tokens", told[-1].get("prompt_tokens"))
        assert (inputs == 0) is (claimed == 0)
    if streamed and path == MESSAGES:
        first = data_in(answer)[0]["message"].get("usage")
        assert (first is None) is (claimed is None)
        assert first is None or (first["input_tokens"] == 0) is (claimed == 0)
    line = provider.line()
    assert (line.output_tokens, line.input_tokens > 0) == (count_text(SAID), True)


@wires
async def test_usage_may_come_twice_or_too_late(provider: Provider, path: str) -> None:
    true = usages_in(data_in(await post(provider, path, "delay=0", streamed=True)))
    assert len(true) == 1
    twice = data_in(await post(provider, path, "duplicate-usage", streamed=True))
    assert usages_in(twice) == true * 2
    late = data_in(await post(provider, path, "late-usage", streamed=True))
    kinds = [kind_of(event) for event in late]
    assert usages_in(late) == usages_in(late[-1:]) == true
    assert kinds.index(TERMINAL[path]) == len(kinds) - 2
    assert len({line.cost_usd for line in provider.lines()}) == 1


@wires
@both
@pytest.mark.parametrize("delay", ["slow", "ttft"])
@pytest.mark.parametrize(("unbilled", "share"), [("", 1), ("+unbilled-abort", 0)])
async def test_a_client_that_leaves_before_the_answer_pays_all_or_nothing(
    provider: Provider, path: str, delay: str, unbilled: str, share: int, *, streamed: bool
) -> None:
    with pytest.raises(httpx.ReadTimeout):
        await provider.http.post(path, json=asked(path, f"{delay}=1000{unbilled}", streamed=streamed), timeout=0.2)
    await nothing_in_flight(provider)
    if streamed and delay == "ttft" and unbilled:
        # the stream had begun: what was sent of it is billed, which is the input
        assert provider.line().output_tokens == 0
    else:
        assert [line.output_tokens for line in provider.lines()] == [count_text(SAID)] * share


@wires
@pytest.mark.parametrize("unbilled", ["", "+unbilled-abort"])
async def test_a_client_that_leaves_a_stream_pays_to_its_end_or_to_where_it_left(
    provider: Provider, path: str, unbilled: str
) -> None:
    body = asked(path, f"chunks=40+delay=0.01{unbilled}", streamed=True)
    async with provider.http.stream("POST", path, json=body) as answer:
        came = answer.aiter_bytes()
        for _ in range(3):
            await anext(came)
    await nothing_in_flight(provider)
    line = provider.line()
    whole = count_text(SAID)
    assert line.output_tokens == whole if not unbilled else line.output_tokens < whole
    assert Decimal(line.cost_usd) > 0


async def nothing_in_flight(provider: Provider) -> None:
    """Until the provider has ended what it was asked."""
    report = await provider.http.get("/usage")
    while report.headers["x-in-flight"]:
        report = await provider.http.get("/usage")
