"""Why an agent stopped is told by the records of its requests, whatever it prints."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from foundation.contracts.egress.records import EgressReason, EgressRecord, EgressReport, EgressVerdict
from foundation.contracts.tool_job import JobReason, JobStatus, ToolResult
from foundation.domain.ids import JobId
from tool_runtime.launcher.runners.recorded_ends import by_records

CALLS, BUDGET = EgressReason.TOO_MANY_MODEL_CALLS, EgressReason.BUDGET_EXCEEDED


def a_result(code: str, *reasons: EgressReason | None, detail: str = "402 and more") -> ToolResult:
    now = datetime.now(UTC)
    records = tuple(EgressRecord(at=now, verdict=EgressVerdict.ALLOWED, reason=reason) for reason in reasons)
    return ToolResult(
        job_id=JobId(uuid4()),
        status=JobStatus.FAILED,
        reason=JobReason.EXIT_CODE,
        result={"agent": "codex", "error": {"code": code, "detail": detail}},
        egress=EgressReport(records=records),
        ended_at=now,
    )


@pytest.mark.parametrize("said", ["agent_failed", "budget_exceeded", "too_many_model_calls"])
@pytest.mark.parametrize(
    ("reasons", "code"),
    [
        ((), "agent_failed"),
        ((None, EgressReason.HOST_NOT_ALLOWED), "agent_failed"),
        ((None, BUDGET), "budget_exceeded"),
        ((CALLS, None), "too_many_model_calls"),
        ((BUDGET, CALLS), "too_many_model_calls"),
    ],
)
def test_the_code_is_that_of_the_records(said: str, reasons: tuple[EgressReason | None, ...], code: str) -> None:
    told = by_records(a_result(said, *reasons), tool="code_agent").result
    assert (told["agent"], told["error"]["code"]) == ("codex", code)
    assert told["error"]["detail"].endswith("402 and more")


@pytest.mark.parametrize("code", ["out_of_time", "agent_not_installed", "egress_denied"])
def test_other_ends_stay_as_they_are(code: str) -> None:
    result = a_result(code, CALLS)
    assert by_records(result, tool="code_agent") is result


def test_other_tools_and_odd_results_stay_as_they_are() -> None:
    result = a_result("agent_failed", CALLS)
    assert by_records(result, tool="http") is result
    odds: tuple[object, ...] = (None, [], {"error": "x"}, {"error": {"code": 7}})
    for odd in odds:
        changed = result.model_copy(update={"result": odd})
        assert by_records(changed, tool="code_agent") is changed


@pytest.mark.parametrize(
    ("reason", "begins"),
    [
        (CALLS, "it has made all the calls of models that it may make (`max_model_calls`). It says: "),
        (BUDGET, "the gateway refused a call, as a budget is spent. It says: "),
        (None, ""),
    ],
)
def test_the_agents_own_words_stand_behind_ours(reason: EgressReason | None, begins: str) -> None:
    told = by_records(a_result("agent_failed", reason, detail="API Error: 403 no"), tool="code_agent").result
    assert told["error"]["detail"] == f"{begins}API Error: 403 no"
