"""Calls that are refused, and jobs that meet a limit, are rows of the tenant's audit, once for each recorded turn."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from fixtures.running.agents import Played, Turn, agent_step, code
from fixtures.running.parts import Parts
from fixtures.running.runs import ARun, a_run
from foundation.contracts.tool_job import JobReason, JobStatus, SkippedFile, ToolJob, ToolResult
from foundation.contracts.tools.code_python import WHEEL_REFUSED
from orchestrator.engines.agent.acting import MAX_CALLS
from orchestrator.work import TickFailed


async def audited(parts: Parts, run: ARun) -> list[tuple[Any, ...]]:
    query = """SELECT action, target, outcome, detail ->> 'reason' AS reason, detail ->> 'detail' AS detail, actor
               FROM audit_log WHERE detail ->> 'run_id' = :run ORDER BY audit_id"""
    async with parts.owner.tenant(run.tenant_id) as tx:
        return [tuple(row) for row in (await tx.execute(text(query), {"run": str(run.run_id)})).all()]


async def played(parts: Parts, turns: Sequence[Turn], **step: Any) -> tuple[Played, ARun]:
    return Played(parts, turns), await a_run(parts.owner, steps=[agent_step(**step)])


@pytest.mark.parametrize(
    ("call", "target", "words"),
    [
        (("code_cobol", {}), "code_cobol", "there is no such tool"),
        (("code\u202e_python\n", {}), "code\ufffd_python\ufffd", "there is no such tool"),
        (("code_python", {"code": 5}), "code.python", "/code"),
        (("code_python", {"code": "1", "more": 1}), "code.python", "/more"),
        (("code_python", '{"code": '), "code.python", "cannot be read"),
    ],
)
async def test_a_call_that_a_model_gets_wrong_is_told(parts: Parts, call: Any, target: str, words: str) -> None:
    play, run = await played(parts, [[call], "done"])
    await play.until_ended(run)
    [(action, named, outcome, _, detail, actor)] = await audited(parts, run)
    assert (action, named, outcome) == ("tool.refused", target, "refused")
    assert words in detail
    assert actor == f"step explore of run {run.run_id}"


async def test_each_call_of_a_turn_that_asks_for_too_many_is_told(parts: Parts) -> None:
    play, run = await played(parts, [[code()] * (MAX_CALLS + 1), "done"])
    await play.until_ended(run)
    rows = await audited(parts, run)
    assert [row[:2] for row in rows] == [("tool.refused", "code.python")] * (MAX_CALLS + 1)


async def test_a_turn_that_is_not_recorded_tells_nothing(parts: Parts) -> None:
    """It waits for a decision, and is taken again with the same calls."""
    wrong = ("code_python", {"code": 5})
    play, run = await played(parts, [[wrong, code()], "done"], tools=[{"name": "code.python", "approve": "always"}])
    await play.tick(run)
    assert await audited(parts, run) == []


async def test_arguments_of_a_tool_step_that_miss_the_schema_are_told(parts: Parts) -> None:
    step = {
        "name": "explore",
        "kind": "tool",
        "tool": "code.python",
        "arguments": {"code": "1", "timeout_seconds": "${'soon'}"},
    }
    play, run = Played(parts, []), await a_run(parts.owner, steps=[step])
    with pytest.raises(TickFailed):
        await play.until_ended(run)
    [row] = await audited(parts, run)
    assert row[:3] == ("tool.refused", "code.python", "refused")


@pytest.mark.parametrize(
    ("status", "reason", "skipped", "told"),
    [
        (JobStatus.KILLED, JobReason.MEMORY, 0, ["memory"]),
        (JobStatus.KILLED, JobReason.OUTPUT, 0, ["output"]),
        (JobStatus.TIMED_OUT, JobReason.WALL_TIME, 2, ["wall_time", "files_left_out"]),
        (JobStatus.SUCCEEDED, None, 1, ["files_left_out"]),
        (JobStatus.FAILED, JobReason.EXIT_CODE, 0, []),
        (JobStatus.SUCCEEDED, None, 0, []),
    ],
)
async def test_what_a_job_was_ended_for_is_told(
    parts: Parts, status: JobStatus, reason: JobReason | None, skipped: int, told: list[str]
) -> None:
    def ended(job: ToolJob) -> ToolResult:
        return ToolResult(
            job_id=job.job_id,
            status=status,
            reason=reason,
            detail=None if reason is None else "so it was",
            skipped=tuple(SkippedFile(path=f"f{n}", reason="too large") for n in range(skipped)),
            ended_at=datetime.now(UTC),
        )

    play, run = await played(parts, [[code()], "done"])
    play.launcher.answer = ended
    await play.until_ended(run)
    rows = await audited(parts, run)
    assert [row[:4] for row in rows] == [("tool.limited", "code.python", "refused", one) for one in told]


@pytest.mark.parametrize(("code_of_end", "told"), [(WHEEL_REFUSED, 1), ("too_much", 0), ("not_found", 0)])
async def test_what_a_tools_program_refused_is_told(parts: Parts, code_of_end: str, told: int) -> None:
    def ended(job: ToolJob) -> ToolResult:
        return ToolResult(
            job_id=job.job_id,
            status=JobStatus.FAILED,
            reason=JobReason.EXIT_CODE,
            result={"error": {"code": code_of_end, "detail": "x.whl is no wheel"}},
            ended_at=datetime.now(UTC),
        )

    play, run = await played(parts, [[code()], "done"])
    play.launcher.answer = ended
    await play.until_ended(run)
    rows = await audited(parts, run)
    assert [row[:4] for row in rows] == [("tool.limited", "code.python", "refused", code_of_end)] * told
    assert all(row[4] == "code.python says: x.whl is no wheel" for row in rows)
