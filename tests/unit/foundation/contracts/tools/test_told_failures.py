"""A call of one of our tools fails with what its program says, and never with what a program may not say."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from foundation.contracts.tool_job import JobReason, JobStatus, ToolResult
from foundation.contracts.tools.calls.documents import document_of, job_reason
from foundation.contracts.tools.calls.told_failures import MAX_DETAIL, ToldFailure, told_failure
from foundation.contracts.tools.catalogue import TOOLS
from foundation.domain.ids import JobId


def a_result(error: Any = None, reason: JobReason | None = JobReason.EXIT_CODE, **more: Any) -> ToolResult:
    return ToolResult(
        job_id=JobId(UUID(int=1)),
        status=JobStatus.FAILED,
        reason=reason,
        detail="ended with exit code 1",
        result={"error": error},
        ended_at=datetime.now(UTC),
        **more,
    )


def told(error: Any, **more: Any) -> ToldFailure | None:
    return told_failure("http", a_result(error, **more))


def test_the_programs_of_callers_say_nothing_for_the_platform() -> None:
    assert {name for name, tool in TOOLS.items() if not tool.says_why} == {"code.python", "code.node"}


def test_what_a_program_says_is_told_as_its_words_and_with_its_place() -> None:
    error = {"code": "egress_denied", "detail": "host_not_allowed: the task's `egress` does not name this host"}
    assert told(error) == ToldFailure("egress_denied", f"http says: {error['detail']}")
    at = {"code": "not_found", "detail": "step 3 of 4: click a: nothing", "step": 2, "action": "click"}
    assert told(at) == ToldFailure("not_found", "http says: step 3 of 4: click a: nothing")


def test_the_words_are_on_one_line_bounded_and_as_they_are_read() -> None:
    found = told({"code": "x", "detail": "a\nb\x1b[31m\u202ec " + "d" * 5000})
    assert found is not None
    assert found.detail.startswith("http says: a b [31m c ddd")
    assert len(found.detail) < MAX_DETAIL + 50
    assert found.detail.endswith(" […]")


@pytest.mark.parametrize(
    "error",
    [
        *(None, "text", [], {}, {"code": "x"}, {"detail": "x"}, {"code": 1, "detail": "x"}, {"code": "x", "detail": 1}),
        *({"code": code, "detail": "x"} for code in ("", "Xx", "a b", "x" * 65, "é", "step_timed_out", "wall_time")),
        *({"code": code, "detail": "x"} for code in ("memory", "cancelled", "exit_code", "outcome_unknown")),
    ],
    ids=str,
)
def test_what_is_no_failure_of_a_program_is_not_taken_for_one(error: Any) -> None:
    assert told(error) is None


@pytest.mark.parametrize("reason", [JobReason.WALL_TIME, JobReason.SIGNAL, JobReason.MEMORY, None])
def test_what_ends_a_job_otherwise_is_told_before_what_its_program_said(reason: JobReason | None) -> None:
    assert told({"code": "interrupted", "detail": "x"}, reason=reason) is None


def test_a_call_is_recorded_with_the_reason_that_was_told_and_its_job_has_ended_with_a_code() -> None:
    result = a_result({"code": "timed_out", "detail": "x"})
    document = document_of(result, files=[], told=told_failure("http", result))
    assert (document["reason"], document["detail"], job_reason(document)) == ("timed_out", "http says: x", "exit_code")
    plain = document_of(result, files=[])
    assert (plain["reason"], plain["detail"]) == ("exit_code", "ended with exit code 1")
    assert [job_reason({"reason": reason}) for reason in ("memory", None)] == ["memory", None]


def test_a_call_takes_by_default_as_long_as_its_schema_says() -> None:
    for tool in TOOLS.values():
        assert tool.default_seconds == tool.parameters["properties"]["timeout_seconds"]["default"]
    assert TOOLS["code_agent"].default_seconds == 900
