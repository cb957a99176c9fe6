"""What a worker does for the program of a crew, and what it does not let the program do."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from fixtures.running.works import a_work
from foundation.contracts.gateway.model_call import canonical_digest
from foundation.contracts.steps.crew import CrewStep
from foundation.domain.errors import BudgetExceeded
from foundation.domain.failures import FailureCode
from foundation.domain.tools import ToolEffect
from foundation.storage.execution.keyed_turns import KeyedTurn
from foundation.storage.execution.turns import Asker
from orchestrator.clients.crew_program.base import CrewBroken, CrewLost
from orchestrator.clients.crew_program.fake import FakeCrewProgram, Play, Stage
from orchestrator.engines.crew.definition import resolved
from orchestrator.engines.crew.session import CrewSession, RunIsPaused
from orchestrator.tools.tool_call import ToolCall
from orchestrator.work import TickFailed, Work

CREW: dict[str, Any] = {
    "name": "crew",
    "kind": "crew",
    "max_turns": 4,
    "agents": [
        {"name": "analyst", "role": "Analyst", "goal": "Find.", "model": "fast", "tools": ["code.python"]},
        {"name": "writer", "role": "Writer", "goal": "Tell.", "model": "slow", "max_tokens": 99},
    ],
    "tasks": [
        {"name": "find", "description": "Find.", "expected_output": "A figure.", "agent": "analyst"},
        {"name": "tell", "description": "Tell.", "expected_output": "A text.", "agent": "writer"},
    ],
}
QUESTION = [{"role": "user", "content": "How many?"}]
CODE = {"code": "print(1)"}


class Models:
    """Answers each request; the same request under the same occurrence is the same turn."""

    def __init__(self, answer: Callable[[dict[str, Any]], dict[str, Any]] | None = None) -> None:
        self.asked: list[dict[str, Any]] = []
        self.askers: list[Asker] = []
        self._answer = answer or (lambda _: {"content": "an answer"})
        self._turns: dict[tuple[str, int], int] = {}

    async def ask_keyed(
        self, work: Work, request: dict[str, Any], *, occurrence: int, asker: Asker
    ) -> KeyedTurn | None:
        self.askers.append(asker)
        key = (canonical_digest(request), occurrence)
        if key not in self._turns:
            self.asked.append(request)
        turn = self._turns.setdefault(key, work.claim.turn + len(self._turns))
        return KeyedTurn(turn, "key", request, {"choices": [{"message": self._answer(request)}]})


class PausedModels(Models):
    async def ask_keyed(self, *_: Any, **__: Any) -> None:
        return None


class Tools:
    def __init__(self, fail: Exception | None = None) -> None:
        self.called: list[ToolCall] = []
        self._fail = fail

    async def run(self, work: Work, call: ToolCall) -> dict[str, Any]:  # noqa: ARG002
        self.called.append(call)
        if self._fail is not None:
            raise self._fail
        return {"status": "SUCCEEDED", "stdout": "1\n", "files": [{"artifact": call.call_id, "name": "a.txt"}]}


def wanting(*calls: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A model that asks for these calls of code_python in its first answer, and then answers with a text."""
    made = [
        {"id": f"call-{index}", "function": {"name": "code_python", "arguments": json.dumps(arguments)}}
        for index, arguments in enumerate(calls)
    ]

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        answered = any(message["role"] == "tool" for message in request["messages"])
        return {"content": "done"} if answered else {"content": None, "tool_calls": made}

    return answer


async def played(play: Play, models: Models | None = None, tools: Tools | None = None, **step: Any) -> CrewSession:
    session = a_session(models, tools, **step)
    async with FakeCrewProgram(play).start() as conversation:
        await session.play(conversation)
    return session


def a_session(models: Models | None = None, tools: Tools | None = None, **step: Any) -> CrewSession:
    work = a_work({**CREW, **step}, data={"input": {"topic": "{penguins}"}, "steps": {}})
    assert isinstance(work.step, CrewStep)
    crew = resolved(work, work.step)
    return CrewSession(work, work.step, crew, (), model_turns=models or Models(), tool_calls=tools or Tools())


def asking(agent: str | None = "writer", **more: Any) -> dict[str, Any]:
    return {"type": "ask", "agent": agent, "messages": QUESTION, **more}


def calling(agent: str = "analyst", **more: Any) -> dict[str, Any]:
    return {"type": "call", "agent": agent, "tool": "code.python", "arguments": CODE, **more}


async def test_the_worker_says_which_model_is_asked_and_what_its_tools_take() -> None:
    models = Models()

    async def play(stage: Stage) -> None:
        own = {"name": "delegate", "description": "Hand it out.", "parameters": {"type": "object"}}
        await stage.heard.get()
        await stage.ask(asking("analyst", tools=["code.python"], functions=[own]))
        await stage.ask(asking())
        stage.say({"type": "done", "text": "the end"})

    session = await played(play, models)
    analyst, writer = models.asked
    assert (analyst["model"], analyst["max_tokens"]) == ("fast", 2048)
    assert (writer["model"], writer["max_tokens"]) == ("slow", 99)
    assert [tool["function"]["name"] for tool in analyst["tools"]] == ["code_python", "delegate"]
    assert "code" in analyst["tools"][0]["function"]["parameters"]["properties"]
    assert "tools" not in writer
    assert session.output() == {"text": "the end", "tasks": [], "files": []}


async def test_the_program_gets_the_texts_with_their_expressions_replaced_and_their_braces_as_they_are() -> None:
    told: dict[str, Any] = {}

    async def play(stage: Stage) -> None:
        told.update(await stage.heard.get())
        stage.say({"type": "done", "text": ""})

    task = {**CREW["tasks"][0], "description": "About ${input.topic} and {input}."}
    await played(play, tasks=[task])
    assert told["crew"]["tasks"][0]["description"] == "About {penguins} and {input}."
    assert told["v"] == 1


async def test_equal_requests_are_told_apart_by_their_occurrence_and_a_second_play_asks_nothing_anew() -> None:
    models = Models()

    async def play(stage: Stage) -> None:
        await stage.heard.get()
        for _ in range(2):
            await stage.ask(asking())
        stage.say({"type": "done", "text": ""})

    first = await played(play, models)
    second = await played(play, models)
    assert len(models.asked) == 2
    assert (first.next_turn, second.next_turn) == (2, 2)


async def test_a_tool_is_called_once_for_each_wish_under_a_key_that_a_second_play_finds_again() -> None:
    async def play(stage: Stage) -> None:
        await stage.heard.get()
        await stage.ask(asking("analyst", tools=["code.python"]))
        for _ in range(2):
            await stage.ask(calling())
        stage.say({"type": "done", "text": ""})

    keys = []
    for _ in range(2):
        tools = Tools()
        session = await played(play, Models(wanting(CODE, CODE)), tools)
        keys.append([(call.turn, call.call_id) for call in tools.called])
    assert keys[0] == keys[1]
    assert len(set(keys[0])) == 2
    # Of two files with one name the crew has one.
    assert len(session.output()["files"]) == 1


async def test_calls_at_once_are_answered_as_they_end() -> None:
    order: list[str] = []

    async def play(stage: Stage) -> None:
        await stage.heard.get()
        await stage.ask(asking("analyst", tools=["code.python"]))
        stage.say({**calling(), "id": 100})
        stage.say({**calling(arguments={"code": "print(2)"}), "id": 101})
        order.extend([str((await stage.heard.get())["id"]) for _ in range(2)])
        stage.say({"type": "done", "text": ""})

    await played(play, Models(wanting(CODE, {"code": "print(2)"})))
    assert sorted(order) == ["100", "101"]


async def test_a_mistake_of_the_model_is_told_to_it_and_the_crew_goes_on() -> None:
    told: list[dict[str, Any]] = []

    async def play(stage: Stage) -> None:
        await stage.heard.get()
        await stage.ask(asking("analyst", tools=["code.python"]))
        told.append(await stage.ask(calling()))
        stage.say({"type": "done", "text": ""})

    mistake = TickFailed(FailureCode.ARGUMENTS_INVALID, "code.python needs 'code'")
    await played(play, Models(wanting(CODE)), Tools(mistake))
    assert json.loads(told[0]["text"]) == {"status": "REFUSED", "detail": "code.python needs 'code'"}


@pytest.mark.parametrize(
    "error", [TickFailed("outcome_unknown", "it may have happened"), BudgetExceeded("spent", scope="run")]
)
async def test_whatever_else_goes_wrong_ends_the_step_and_is_not_told_to_the_program(error: Exception) -> None:
    async def play(stage: Stage) -> None:
        await stage.heard.get()
        await stage.ask(asking("analyst", tools=["code.python"]))
        await stage.ask(calling())
        raise AssertionError("the program was told")

    with pytest.raises(type(error)):
        await played(play, Models(wanting(CODE)), Tools(error))


async def test_a_crew_that_asks_too_often_fails_with_what_it_has() -> None:
    async def play(stage: Stage) -> None:
        await stage.heard.get()
        stage.say({"type": "task", "name": "find", "text": "a figure"})
        while True:
            await stage.ask(asking())

    models = Models()
    session = a_session(models)
    async with FakeCrewProgram(play).start() as conversation:
        with pytest.raises(TickFailed) as failed:
            await session.play(conversation)
    assert failed.value.failure.code == FailureCode.TURNS_EXHAUSTED
    assert len(models.asked) == 4
    assert session.output() == {"text": "", "tasks": [{"name": "find", "text": "a figure"}], "files": []}


async def test_a_model_that_answers_nothing_fails_the_step_since_crewai_would_ask_again() -> None:
    async def play(stage: Stage) -> None:
        await stage.heard.get()
        await stage.ask(asking())

    with pytest.raises(TickFailed) as failed:
        await played(play, Models(lambda _: {"content": ""}))
    assert failed.value.failure.code == FailureCode.MODEL_ANSWER_INVALID


async def test_a_paused_run_asks_nothing_new() -> None:
    async def play(stage: Stage) -> None:
        await stage.heard.get()
        await stage.ask(asking())

    with pytest.raises(RunIsPaused):
        await played(play, PausedModels())


async def test_what_crewai_gave_up_for_is_the_reason_of_the_failure() -> None:
    async def play(stage: Stage) -> None:
        await stage.heard.get()
        stage.say({"type": "failed", "reason": "ValueError: no"})

    with pytest.raises(TickFailed, match="CrewAI gave up: ValueError: no") as failed:
        await played(play)
    assert (failed.value.failure.code, failed.value.retryable) == (FailureCode.CREW_FAILED, False)


HOSTILE: dict[str, bytes | dict[str, Any]] = {
    "no JSON": b"{",
    "no UTF-8": b'"\xff"',
    "no object": b"[1]",
    "an unknown kind": {"type": "shell", "id": 1},
    "an unknown member": {**asking(), "id": 1, "api_key": "x"},
    "no number": {**asking(), "id": "1"},
    "a negative number": {**asking(), "id": -1},
    "an unknown agent": {**asking("boss"), "id": 1},
    "a manager that it does not have": {**asking(None), "id": 1},
    "no messages": {**asking(messages=[]), "id": 1},
    "an unknown role": {**asking(messages=[{"role": "developer", "content": "x"}]), "id": 1},
    "an image": {**asking(messages=[{"role": "user", "content": [{"type": "image_url"}]}]), "id": 1},
    "a NUL": {**asking(messages=[{"role": "user", "content": "\0"}]), "id": 1},
    "half a character": b'{"type":"done","text":"\\ud800"}',
    "a tool of another agent": {**asking("writer", tools=["code.python"]), "id": 1},
    "a tool that nobody has": {**calling(tool="shell"), "id": 1},
    "a call that no model has made": {**calling(), "id": 1},
    "a call of an agent that has asked nothing": {**calling("writer"), "id": 1},
    "a depth that is not stored": b'{"type":"done","text":' + b"[" * 100 + b"]" * 100 + b"}",
}


@pytest.mark.parametrize("said", HOSTILE)
async def test_what_no_program_of_ours_would_say_ends_the_step(said: str) -> None:
    async def play(stage: Stage) -> None:
        await stage.heard.get()
        stage.say(HOSTILE[said])
        await asyncio.Event().wait()

    models, tools = Models(), Tools()
    with pytest.raises(CrewBroken):
        await played(play, models, tools)
    assert (models.asked, tools.called) == ([], [])


async def test_a_wish_of_a_model_cannot_be_made_larger_or_used_twice() -> None:
    async def larger(stage: Stage) -> None:
        await stage.heard.get()
        await stage.ask(asking("analyst", tools=["code.python"]))
        await stage.ask(calling(arguments={**CODE, "timeout_seconds": 3600}))

    async def twice(stage: Stage) -> None:
        await stage.heard.get()
        await stage.ask(asking("analyst", tools=["code.python"]))
        for _ in range(2):
            await stage.ask(calling())

    done = Counter[int]()
    for play, expected in ((larger, 0), (twice, 1)):
        tools = Tools()
        with pytest.raises(CrewBroken, match="has not asked for"):
            await played(play, Models(wanting(CODE)), tools)
        done[len(tools.called)] += 1
        assert len(tools.called) == expected


async def test_a_program_with_too_many_open_calls_is_ended() -> None:
    class Slow(Models):
        async def ask_keyed(self, *_: Any, **__: Any) -> None:
            await asyncio.Event().wait()

    async def play(stage: Stage) -> None:
        await stage.heard.get()
        for number in range(200):
            stage.say({**asking(), "id": number})
        await asyncio.Event().wait()

    with pytest.raises((CrewBroken, TickFailed)):
        await played(play, Slow(), max_turns=400)


async def test_a_program_that_is_gone_ends_the_step_with_its_reason() -> None:
    async def play(stage: Stage) -> None:
        await stage.heard.get()
        stage.die()

    with pytest.raises(CrewLost, match="killed by signal 9"):
        await played(play)


async def test_two_roles_that_turn_out_the_same_are_refused_in_a_led_crew() -> None:
    agents = [{**agent, "role": "${input.topic}"} for agent in CREW["agents"]]
    with pytest.raises(TickFailed, match="/agents/1/role: agent 0 has this role too"):
        await played(lambda _: asyncio.sleep(0), agents=agents, process="hierarchical", manager_model="default")


async def test_a_crews_tool_is_run_with_the_effect_that_its_agent_says() -> None:
    tools = Tools()

    async def play(stage: Stage) -> None:
        await stage.heard.get()
        await stage.ask(asking("analyst", tools=["code.python"]))
        stage.say({**calling(), "id": 100})
        await stage.heard.get()
        stage.say({"type": "done", "text": ""})

    agents = [{**CREW["agents"][0], "tools": [{"name": "code.python", "effect": "once"}]}, CREW["agents"][1]]
    await played(play, Models(wanting(CODE)), tools, agents=agents)
    assert [call.effect for call in tools.called] == [ToolEffect.ONCE]
