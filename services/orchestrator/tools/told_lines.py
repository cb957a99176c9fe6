"""What jobs print while they run, as events of their step."""

from collections.abc import Sequence

from foundation.contracts.run_events import StepProgress
from foundation.contracts.tool_job import ToolJob
from foundation.domain.errors import LockstepError
from foundation.storage.execution import doubtful_jobs, run_events
from foundation.storage.session.database import Database
from foundation.telemetry.logs import logger
from orchestrator.clients.launcher.base import OnLines
from orchestrator.tools.tool_call import ToolCall
from orchestrator.work import Work

_log = logger(__name__)


def told_by(database: Database, work: Work, call: ToolCall, job: ToolJob) -> OnLines:
    """Writes an event for lines of the job, while this worker holds its step. A job never fails for want of one."""
    claim = work.claim

    async def on_lines(lines: Sequence[str], left_out: int) -> None:
        event = StepProgress(
            step_id=job.step_id,
            name=claim.name,
            job_id=job.job_id,
            tool=call.tool,
            lines=list(lines),
            left_out=left_out,
        )
        try:
            async with database.tenant(job.tenant_id) as tx:
                if await doubtful_jobs.hold(tx, claim.lease_fence()):
                    await run_events.append(tx, job.tenant_id, job.run_id, [event])
        except (LockstepError, OSError) as error:
            _log.warning("lines of a job are not told", extra={"error": type(error).__name__})

    return on_lines
