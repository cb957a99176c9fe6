"""In which order the calls of one turn are made, and what becomes of those that fail or cannot be told apart."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest
from pydantic import PostgresDsn

from fixtures.running.works import a_work
from foundation.contracts.steps.agent import AgentStep
from foundation.contracts.tools.code_python import CODE_PYTHON
from foundation.domain.tools import ToolEffect
from foundation.storage.session.database import Database, DatabaseSettings
from orchestrator.engines.agent.acting import Acting
from orchestrator.engines.agent.approving import Approving
from orchestrator.tools.files import StagedFile
from orchestrator.tools.tool_call import ToolCall, WorkspaceUse
from orchestrator.work import TickFailed, Work

NOWHERE = Database(DatabaseSettings(url=PostgresDsn("postgresql://nobody@127.0.0.1:1/none")), application="tests")
"""Nothing is asked of it: no rule says that people approve these calls."""
WORK = a_work({"name": "first", "kind": "agent", "instructions": "Go.", "tools": ["code.python"]})


def a_call(number: int, *, call_id: str | None = None) -> dict[str, Any]:
    arguments = json.dumps({"code": f"print({number})"})
    return {"id": call_id or f"call-{number}", "function": {"name": "code_python", "arguments": arguments}}


class Calls:
    """Counts how many calls are open at once, and in which order they began and ended."""

    def __init__(self, *, fails: str | None = None) -> None:
        self.open = self.most = 0
        self.seen: list[str] = []
        self._fails = fails

    async def run(self, _: Work, call: ToolCall) -> dict[str, Any]:
        self.open += 1
        self.most = max(self.most, self.open)
        self.seen.append(f"begins {call.call_id}")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        self.open -= 1
        self.seen.append(f"ends {call.call_id}")
        if call.call_id == self._fails:
            raise TickFailed("job_lost", "the runner is gone", retryable=True)
        return {"status": "SUCCEEDED", "stdout": call.arguments["code"]}

    def acting(self, effect: ToolEffect = ToolEffect.PURE) -> Acting:
        assert isinstance(WORK.step, AgentStep)
        return Acting(
            self.run,
            Approving(NOWHERE, WORK, WORK.step),
            (),
            tools={"code.python": replace(CODE_PYTHON, effect=effect, judge=None)},
        )


@pytest.mark.parametrize("effect", [ToolEffect.PURE, ToolEffect.KEYED])
async def test_calls_that_may_happen_twice_run_beside_each_other(effect: ToolEffect) -> None:
    calls = Calls()
    answers = await calls.acting(effect).act(0, [a_call(n) for n in range(5)])
    assert calls.most == 5
    assert [answer["tool_call_id"] for answer in answers] == [f"call-{n}" for n in range(5)]
    assert [json.loads(answer["content"])["stdout"] for answer in answers] == [f"print({n})" for n in range(5)]


async def test_calls_that_must_not_happen_twice_run_in_their_order() -> None:
    calls = Calls()
    await calls.acting(ToolEffect.ONCE).act(0, [a_call(n) for n in range(3)])
    assert calls.seen == [f"{what} call-{n}" for n in range(3) for what in ("begins", "ends")]


async def test_a_failure_of_the_platform_is_raised_when_the_other_calls_have_ended() -> None:
    calls = Calls(fails="call-0")
    with pytest.raises(TickFailed, match="the runner is gone"):
        await calls.acting().act(0, [a_call(n) for n in range(3)])
    assert calls.open == 0
    assert len(calls.seen) == 6


async def test_calls_that_must_not_happen_twice_stop_at_the_first_that_fails() -> None:
    calls = Calls(fails="call-0")
    with pytest.raises(TickFailed):
        await calls.acting(ToolEffect.ONCE).act(0, [a_call(n) for n in range(3)])
    assert calls.seen == ["begins call-0", "ends call-0"]


async def test_two_calls_with_one_id_are_not_made() -> None:
    calls = Calls()
    answers = await calls.acting().act(0, [a_call(0, call_id="x"), a_call(1, call_id="x"), a_call(2)])
    assert [json.loads(answer["content"])["status"] for answer in answers] == ["REFUSED", "REFUSED", "SUCCEEDED"]
    assert len(calls.seen) == 2


class Workspaces:
    """Calls of which some leave a workspace, and what each call began with: `step` is what the step begins with."""

    def __init__(self, *documents: dict[str, Any]) -> None:
        self._documents = list(documents)
        self.began_with: list[str | None] = []

    async def stage(self, left: dict[str, Any] | None) -> WorkspaceUse:
        name = "step" if left is None else left["artifact"]
        return WorkspaceUse(StagedFile(name, "key", 1, "00"))

    async def run(self, _: Work, call: ToolCall) -> dict[str, Any]:
        assert call.workspace is not None
        taken = call.workspace.taken
        self.began_with.append(None if taken is None else taken.name)
        return self._documents.pop(0)

    def acting(self) -> Acting:
        assert isinstance(WORK.step, AgentStep)
        tools = {"code.python": CODE_PYTHON}
        return Acting(self.run, Approving(NOWHERE, WORK, WORK.step), (), tools=tools, workspace=self.stage)


def kept(name: str) -> dict[str, Any]:
    return {"status": "SUCCEEDED", "reason": None, "workspace": {"artifact": name}}


TOO_LARGE = {"path": "workspace", "reason": "not kept: its archive would be too large"}


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ({"status": "SUCCEEDED", "reason": None, "skipped": [TOO_LARGE]}, "its archive would be too large"),
        ({"status": "FAILED", "reason": "exit_code", "skipped": [TOO_LARGE]}, "its archive would be too large"),
        ({"status": "KILLED", "reason": "memory", "skipped": []}, "the call ended before it was stored"),
        ({"status": "FAILED", "reason": "upload_failed", "skipped": []}, "the call ended before it was stored"),
    ],
)
async def test_after_a_workspace_that_could_not_be_kept_the_next_turn_begins_with_none(
    document: dict[str, Any], why: str
) -> None:
    calls = Workspaces(kept("first"), document, kept("later"), kept("last"))
    acting = calls.acting()
    answers = await acting.act(0, [a_call(n) for n in range(3)])
    told = [json.loads(answer["content"]) for answer in answers]
    assert [one["status"] for one in told] == ["SUCCEEDED", document["status"], "REFUSED"]
    assert why in told[1]["workspace_lost"]
    assert "begins with an empty /work" in told[1]["workspace_lost"]
    assert "could not be kept" in told[2]["detail"]
    assert [refused.call_id for refused in acting.take_refused()] == ["call-2"]
    await acting.act(1, [a_call(3), a_call(4)], answers)
    assert calls.began_with == ["step", "first", None, "later"]


@pytest.mark.parametrize("reason", ["input_unavailable", "input_mismatch", "secret_unavailable", "models_unavailable"])
async def test_a_call_that_did_not_begin_leaves_the_workspace_as_it_was(reason: str) -> None:
    calls = Workspaces(kept("first"), {"status": "FAILED", "reason": reason}, kept("last"))
    answers = await calls.acting().act(0, [a_call(n) for n in range(3)])
    assert calls.began_with == ["step", "first", "first"]
    assert not any("lost" in answer for answer in answers)
