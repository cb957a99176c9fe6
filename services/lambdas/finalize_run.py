"""Finalize: derives the run's final state from its steps and records it."""

import asyncio
from typing import Any

from foundation.contracts.step_message import ExecutionInput
from foundation.domain.failures import Failure, FailureCode
from foundation.domain.states import RunStatus
from foundation.storage.ledger import final_usage
from foundation.storage.session.database import Database
from foundation.workflow import endings, run_control
from foundation.workflow.failures.placing import place
from lambdas.container import Function

_MOST_LOOKS, _BETWEEN_SECONDS = 30, 0.1


class FinalizeRequest(ExecutionInput):
    """`fault` is the error that Step Functions caught, when the Map did not end by itself."""

    fault: dict[str, Any] | None = None


async def finalize_run(database: Database, request: FinalizeRequest) -> dict[str, Any]:
    await _until_recorded(database, request)
    async with database.tenant(request.tenant_id) as tx:
        # Steps before their run, as in every transaction, so that none waits for another in a circle.
        run = await run_control.lock_run_and_unfinished_steps(tx, request.tenant_id, request.run_id)
        if run is None or run.generation != request.generation or run.status is not RunStatus.RUNNING:
            return {"status": run.status.value if run else "unknown", "changed": False}
        if request.fault is not None:
            # Step Functions names its own errors: States.Timeout, States.HeartbeatTimeout, or another one.
            timed_out = "Timeout" in str(request.fault.get("Error", ""))
            cause = RunStatus.TIMED_OUT if timed_out else RunStatus.FAILED
            detail = f"Step Functions: {request.fault.get('Error')}"
            failure = Failure(FailureCode.EXECUTION_FAILED, detail, retryable=True)
            error = await place(tx, run.tenant_id, run.run_id, failure)
            await run_control.stop_unfinished(tx, run.tenant_id, run.run_id, cause=cause, error=error)
        status = await endings.end_from_steps(tx, run)
    return {"status": status.value, "changed": True}


async def _until_recorded(database: Database, request: FinalizeRequest) -> None:
    """Waits until the ledger has the cost of the steps' model calls, so that an ended run shows its whole cost.

    A few seconds at most: a ledger that is behind for longer must not keep the run open, and `usage.final` says so.
    """
    for _ in range(_MOST_LOOKS):
        async with database.tenant(request.tenant_id) as tx:
            if await final_usage.unrecorded_answers(tx, request.tenant_id, request.run_id) == 0:
                return
        await asyncio.sleep(_BETWEEN_SECONDS)


handler = Function("finalize_run", FinalizeRequest, finalize_run)
