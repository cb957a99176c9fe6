"""Faults in an answer: each does on every wire what its name says, and the invoice has what was generated, no more."""

import json
from contextlib import nullcontext
from decimal import Decimal

import httpx
import pytest

from fixtures.providers.faulty_calls import (
    ANSWER,
    CHAT,
    MESSAGES,
    RESPONSES,
    TERMINAL,
    both,
    call_of,
    data_in,
    kind_of,
    nothing_in_flight,
    post,
    text_in,
    usages_in,
    wires,
)
from fixtures.providers.provider_in_process import Provider
from simulated_provider.answers.tokens import count_text


@wires
@pytest.mark.parametrize("at", [0, 1, 4, 9])
@pytest.mark.parametrize("fault", ["cut", "malformed", "error-event", "stall"])
async def test_a_stream_that_breaks_is_billed_for_what_was_generated(
    provider: Provider, path: str, fault: str, at: int
) -> None:
    lines: list[str] = []
    with pytest.raises(httpx.HTTPError) if fault in {"cut", "stall"} else nullcontext():
        body = call_of(path, f"{fault}={at}", streamed=True)
        async with provider.http.stream("POST", path, json=body, timeout=0.5) as answer:
            async for text in answer.aiter_lines():
                lines += [text.removeprefix("data: ")] if text.startswith("data: ") else []
    events = [json.loads(line) for line in lines if line.endswith("}")]
    said = text_in(events)
    assert ANSWER.startswith(said)
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
        await provider.http.post(path, json=call_of(path, fault), timeout=0.5)
    assert provider.line().output_tokens == count_text(ANSWER)


@wires
async def test_a_plain_answer_may_be_no_json(provider: Provider, path: str) -> None:
    answer = await post(provider, path, "malformed=0")
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert provider.line().output_tokens == count_text(ANSWER)


@wires
async def test_a_stream_may_end_cleanly_without_its_last_event(provider: Provider, path: str) -> None:
    events = data_in(await post(provider, path, "bad-done", streamed=True))
    assert text_in(events) == ANSWER
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
    assert (line.output_tokens, line.input_tokens > 0) == (count_text(ANSWER), True)


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
        await provider.http.post(path, json=call_of(path, f"{delay}=1000{unbilled}", streamed=streamed), timeout=0.2)
    await nothing_in_flight(provider)
    if streamed and delay == "ttft" and unbilled:
        # the stream had begun: what was sent of it is billed, which is the input
        assert provider.line().output_tokens == 0
    else:
        assert [line.output_tokens for line in provider.lines()] == [count_text(ANSWER)] * share


@wires
@pytest.mark.parametrize("unbilled", ["", "+unbilled-abort"])
async def test_a_client_that_leaves_a_stream_pays_to_its_end_or_to_where_it_left(
    provider: Provider, path: str, unbilled: str
) -> None:
    body = call_of(path, f"chunks=40+delay=0.01{unbilled}", streamed=True)
    async with provider.http.stream("POST", path, json=body) as answer:
        came = answer.aiter_bytes()
        for _ in range(3):
            await anext(came)
    await nothing_in_flight(provider)
    line = provider.line()
    whole = count_text(ANSWER)
    assert line.output_tokens == whole if not unbilled else line.output_tokens < whole
    assert Decimal(line.cost_usd) > 0
