"""A model reads first why its call has failed, in the words of the tool."""

import json
from datetime import UTC, datetime
from uuid import UUID

from foundation.contracts.tool_job import JobReason, JobStatus, ToolResult
from foundation.contracts.tools.calls.documents import document_of
from foundation.contracts.tools.calls.told_failures import told_failure
from foundation.domain.ids import JobId
from orchestrator.tools.functions import shown_result


def test_the_reason_and_the_detail_are_the_tool_s() -> None:
    result = ToolResult(
        job_id=JobId(UUID(int=1)),
        status=JobStatus.FAILED,
        reason=JobReason.EXIT_CODE,
        detail="ended with exit code 1",
        result={"error": {"code": "timed_out", "detail": "the server did not answer in time"}},
        ended_at=datetime.now(UTC),
    )
    shown = json.loads(shown_result(document_of(result, files=[], told=told_failure("http", result))))
    assert list(shown)[:3] == ["status", "reason", "detail"]
    assert (shown["reason"], shown["detail"]) == ("timed_out", "http says: the server did not answer in time")
