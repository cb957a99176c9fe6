"""How an agent ends: by an answer, by the tool that gives one, by a condition; and what it may call until then."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from fixtures.running.agents import Played, Turn, agent_step, code
from fixtures.running.asking import taken
from fixtures.running.parts import Parts
from fixtures.running.runs import ARun, a_run
from foundation.contracts.tool_job import JobStatus, ToolJob, ToolResult
from orchestrator.engines.agent.acting import MAX_CALLS
from orchestrator.work import TickFailed

SCHEMA = {
    "type": "object",
    "properties": {"rows": {"type": "integer", "minimum": 1}},
    "required": ["rows"],
    "additionalProperties": False,
}
OUTPUT = {"schema": SCHEMA}
RIGHT = ("finish", {"rows": 3})
WRONG = ("finish", {"rows": "three"})


async def played(parts: Parts, *turns: Turn, **step: Any) -> tuple[Played, ARun]:
    return Played(parts, turns), await a_run(parts.owner, steps=[agent_step(**step)])


def told(play: Played) -> list[dict[str, Any]]:
    """The messages that the last request ended with, after the model's last one."""
    messages = play.gateway.requests[-1]["messages"]
    last = max(place for place, message in enumerate(messages) if message["role"] == "assistant")
    return list(messages[last + 1 :])


async def step_of(parts: Parts, run: ARun) -> Any:
    async with parts.owner.tenant(run.tenant_id) as tx:
        query = "SELECT * FROM steps WHERE run_id = :run AND name = 'explore'"
        return (await tx.execute(text(query), {"run": run.run_id})).one()


async def test_an_agent_gives_its_answer_by_a_tool_that_takes_its_form(parts: Parts) -> None:
    play, run = await played(parts, [code()], [RIGHT], output=OUTPUT)
    assert await play.until_ended(run) == {
        "text": '{"rows": 3}', "data": {"rows": 3}, "files": [], "finish_reason": "finish",
    }  # fmt: skip
    [_, finish] = play.gateway.requests[0]["tools"]
    assert (finish["function"]["name"], finish["function"]["parameters"]) == ("finish", SCHEMA)
    assert len(play.gateway.requests) == 2


async def test_an_answer_in_plain_text_that_has_the_form_is_taken_too(parts: Parts) -> None:
    play, run = await played(parts, '{"rows": 4}', output=OUTPUT)
    output = await play.until_ended(run)
    assert (output["text"], output["data"], output["finish_reason"]) == ('{"rows": 4}', {"rows": 4}, "stop")


@pytest.mark.parametrize(
    ("wrong", "role", "words"),
    [
        ([WRONG], "tool", "/rows"),
        ([("finish", '{"rows": ')], "tool", "cannot be read"),
        ('{"rows": 0}', "user", "/rows"),
        ("There are three.", "user", "not JSON"),
        ("", "user", "not JSON"),
    ],
)
async def test_a_wrong_answer_is_given_back_with_what_is_wrong(
    parts: Parts, wrong: Turn, role: str, words: str
) -> None:
    play, run = await played(parts, wrong, [RIGHT], output=OUTPUT)
    assert (await play.until_ended(run))["data"] == {"rows": 3}
    [message] = told(play)
    assert message["role"] == role
    assert words in message["content"]
    assert set(message) <= {"role", "content", "tool_call_id"}, "our own members are not sent"
    assert all(message["content"] or message.get("tool_calls") for message in play.gateway.requests[-1]["messages"])


@pytest.mark.parametrize("turn", [[WRONG], "three"])
async def test_a_model_that_stays_wrong_fails_the_step_and_its_last_words_are_kept(parts: Parts, turn: Turn) -> None:
    play, run = await played(parts, turn, output={**OUTPUT, "corrections": 1})
    with pytest.raises(TickFailed) as raised:
        await play.until_ended(run)
    assert raised.value.failure.code == "output_invalid"
    assert len(play.gateway.requests) == 2, "asked, and told once"
    step = await step_of(parts, run)
    assert (step.status, step.error["code"]) == ("FAILED", "output_invalid")
    if isinstance(turn, str):
        assert step.output["text"] == turn


async def test_the_tool_that_ends_is_called_alone(parts: Parts) -> None:
    play, run = await played(parts, [code(), RIGHT], [RIGHT], output={**OUTPUT, "corrections": 0})
    assert (await play.until_ended(run))["data"] == {"rows": 3}
    assert [json.loads(message["content"])["status"] for message in told(play)] == ["SUCCEEDED", "REFUSED"]


async def test_corrections_are_turns_too(parts: Parts) -> None:
    play, run = await played(parts, "three", output={**OUTPUT, "corrections": 5}, max_turns=2)
    with pytest.raises(TickFailed) as raised:
        await play.until_ended(run)
    assert raised.value.failure.code == "turns_exhausted"


async def test_an_agent_without_a_form_has_no_such_tool(parts: Parts) -> None:
    play, run = await played(parts, [RIGHT], "done")
    assert (await play.until_ended(run))["text"] == "done"
    assert "there is no such tool" in told(play)[0]["content"]


@pytest.mark.parametrize(
    ("condition", "calls", "place"),
    [
        ("${turn >= `2`}", 2, 0),
        ("${length(calls) == `3`}", 3, 0),
        ("${calls[-1].status == 'SUCCEEDED'}", 1, 0),
        ({"tool": "code.python"}, 1, 0),
    ],
)
async def test_an_agent_stops_when_a_condition_holds(parts: Parts, condition: Any, calls: int, place: int) -> None:
    play, run = await played(parts, [code()], stop_when=[condition])
    output = await play.until_ended(run)
    assert (output["finish_reason"], output["stopped_by"]) == ("stop_when", place)
    assert len(play.launcher.started) == calls


async def test_a_condition_that_is_no_condition_fails_the_step(parts: Parts) -> None:
    play, run = await played(parts, [code()], stop_when=["${turn}"])
    with pytest.raises(Exception, match="gives neither true nor false"):
        await play.tick(run)


async def test_a_turn_with_too_many_calls_is_told_so_and_none_is_made(parts: Parts) -> None:
    play, run = await played(parts, [code()] * 1000, "done")
    await play.until_ended(run)
    assert play.launcher.started == []
    answers = told(play)
    assert len(answers) == 1000
    assert f"at most {MAX_CALLS}" in answers[999]["content"]


async def test_as_many_calls_as_a_turn_may_make_are_made_and_answered_in_their_order(parts: Parts) -> None:
    play, run = await played(parts, [code(f"print({n})") for n in range(MAX_CALLS)], "done")
    play.launcher.max_running = MAX_CALLS
    await play.until_ended(run)
    assert len(play.launcher.started) == MAX_CALLS
    assert [message["tool_call_id"] for message in told(play)] == [f"call-0-{n}" for n in range(MAX_CALLS)]


async def test_old_results_are_left_out_of_a_conversation_that_is_too_long(parts: Parts) -> None:
    long = [(code("#" * 2_000))]
    play, run = await played(parts, *[long] * 6, "done", context_tokens=1_000, max_turns=20)
    play.launcher.answer = wordy
    await play.until_ended(run)
    messages = play.gateway.requests[-1]["messages"]
    results = [message["content"] for message in messages if message["role"] == "tool"]
    assert ["left_out" in content for content in results] == [True] * 4 + [False] * 2
    assert messages[:2] == play.gateway.requests[0]["messages"]
    async with parts.owner.tenant(run.tenant_id) as tx:
        query = "SELECT data FROM run_events WHERE run_id = :run AND type = 'step.turn' ORDER BY seq DESC LIMIT 1"
        event = (await tx.execute(text(query), {"run": run.run_id})).one()
    assert event.data["left_out"]["results"] == 4


def wordy(job: ToolJob) -> ToolResult:
    return ToolResult(job_id=job.job_id, status=JobStatus.SUCCEEDED, stdout="x" * 3_000, ended_at=datetime.now(UTC))


async def test_a_model_step_with_a_form_asks_the_provider_for_it_and_checks_it(parts: Parts) -> None:
    step = {"name": "explore", "kind": "llm", "prompt": "How many?", "output": OUTPUT}
    play = Played(parts, ["no", '{"rows": "x"}', '{"rows": 2}'])
    run = await a_run(parts.owner, steps=[step])
    output = await play.until_ended(run)
    assert output == {"text": '{"rows": 2}', "data": {"rows": 2}, "files": [], "finish_reason": "stop"}
    assert [request["response_format"]["json_schema"]["schema"] for request in play.gateway.requests] == [SCHEMA] * 3
    assert (await step_of(parts, run)).turn == 3


async def test_a_model_step_that_stays_wrong_is_asked_anew_by_the_next_attempt(parts: Parts) -> None:
    step = {"name": "explore", "kind": "llm", "prompt": "How many?", "output": OUTPUT}
    play = Played(parts, ["no"])
    run = await a_run(parts.owner, steps=[step])
    with pytest.raises(TickFailed) as raised:
        await play.until_ended(run)
    assert (raised.value.failure.code, len(play.gateway.requests)) == ("output_invalid", 3)
    assert (await step_of(parts, run)).output["text"] == "no"
    async with parts.owner.tenant(run.tenant_id) as tx:
        query = "SELECT next_turn(s) AS turn FROM steps s WHERE run_id = :run"
        assert (await tx.execute(text(query), {"run": run.run_id})).one().turn == 3


async def test_a_worker_that_dies_between_corrections_pays_no_call_twice(parts: Parts) -> None:
    step = {"name": "explore", "kind": "llm", "prompt": "How many?", "output": OUTPUT}
    play = Played(parts, ["no", '{"rows": 2}'])
    run = await a_run(parts.owner, steps=[step])
    work = await taken(parts, run, "explore")
    await play.engine(work).run(work)
    asked = list(play.gateway.requests)
    await play.engine(work).run(work)
    assert play.gateway.requests == asked
