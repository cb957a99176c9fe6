"""reconcile_execution: ends a run whose execution was ended from outside."""

import json
from typing import Any

from pydantic import BaseModel, ConfigDict

from foundation.cloud.executions.base import execution_name
from foundation.contracts.step_message import ExecutionInput
from foundation.storage.session.database import Database
from foundation.workflow import endings
from lambdas.container import Function


class _Detail(BaseModel):
    model_config = ConfigDict(extra="ignore")

    executionArn: str  # noqa: N815 - EventBridge's name
    status: str
    input: str | dict[str, Any] | None = None


class StatusChange(BaseModel):
    """EventBridge's "Step Functions Execution Status Change", as far as it is needed."""

    model_config = ConfigDict(extra="ignore")

    detail: _Detail


async def reconcile_execution(database: Database, event: StatusChange) -> dict[str, Any]:
    """Ends the run of this very generation if it is still open; an event of a past one changes nothing."""
    document = event.detail.input
    if not document:
        # EventBridge leaves out an input that is too large; our own executions have ids only, so this is none of ours.
        return {"changed": False}
    request = ExecutionInput.model_validate(json.loads(document) if isinstance(document, str) else document)
    name = event.detail.executionArn.rsplit(":", 1)[-1]
    if name != execution_name(request.run_id, request.generation):
        # Somebody started an execution by hand with the input of one of ours: its end says nothing about the run.
        return {"changed": False}
    async with database.tenant(request.tenant_id) as tx:
        status = await endings.end_with_execution(
            tx,
            request.tenant_id,
            request.run_id,
            generation=request.generation,
            execution_status=event.detail.status,
        )
    return {"changed": status is not None, "status": status.value if status else None}


handler = Function("reconcile_execution", StatusChange, reconcile_execution)
