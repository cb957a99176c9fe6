"""How the end of a job is called."""

from datetime import UTC, datetime

import pytest

from foundation.contracts.tool_job import JobReason, JobStatus
from tool_runtime.runner.execute import verdict
from tool_runtime.sandbox.box import SandboxOutcome, Stop

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("exit_code", "signal", "stop", "status", "reason"),
    [
        (0, None, None, JobStatus.SUCCEEDED, None),
        (3, None, None, JobStatus.FAILED, JobReason.EXIT_CODE),
        (None, 11, None, JobStatus.FAILED, JobReason.SIGNAL),
        (None, None, JobReason.WALL_TIME, JobStatus.TIMED_OUT, JobReason.WALL_TIME),
        (None, None, JobReason.CPU_TIME, JobStatus.TIMED_OUT, JobReason.CPU_TIME),
        (None, None, JobReason.MEMORY, JobStatus.KILLED, JobReason.MEMORY),
        (None, None, JobReason.CANCELLED, JobStatus.CANCELLED, JobReason.CANCELLED),
        (0, None, JobReason.OUTPUT, JobStatus.KILLED, JobReason.OUTPUT),
    ],
)
def test_what_was_done_to_a_job_comes_before_what_it_did(
    exit_code: int | None, signal: int | None, stop: JobReason | None, status: JobStatus, reason: JobReason | None
) -> None:
    outcome = SandboxOutcome(NOW, NOW, stop=Stop(stop, "words") if stop else None, exit_code=exit_code, signal=signal)
    assert verdict(outcome)[:2] == (status, reason)
