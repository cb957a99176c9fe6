"""Tool steps: one call of one tool."""

from typing import Self

from foundation.cloud.objects.base import ObjectStore
from foundation.contracts.steps.tool import ToolStep
from foundation.contracts.steps.workspace import expression_of
from foundation.contracts.tool_job import JobReason
from foundation.contracts.tools.calls.documents import job_reason, output_of, succeeded
from foundation.domain.failures import FailureCode
from foundation.domain.states import StepKind
from foundation.storage.session.database import Database
from orchestrator.engines.base import EngineParts, RegisteredEngine
from orchestrator.tools.files import stage
from orchestrator.tools.tool_call import ToolCall, WorkspaceUse
from orchestrator.tools.tool_calls import ToolCalls
from orchestrator.tools.toolbox import equipped
from orchestrator.tools.workspaces import staged_workspace
from orchestrator.work import StepFinished, TickFailed, TickOutcome, Work

_CALL_ID = "step"
_SHOWN_STDERR = 2_000


class ToolEngine(RegisteredEngine):
    """Runs one tool call; its output is the step's output."""

    kind = StepKind.TOOL

    def __init__(self, database: Database, objects: ObjectStore, tool_calls: ToolCalls) -> None:
        self._database = database
        self._objects = objects
        self._tool_calls = tool_calls

    @classmethod
    def of(cls, parts: EngineParts) -> Self:
        return cls(parts.database, parts.objects, parts.tool_calls)

    async def run(self, work: Work) -> TickOutcome:
        step = work.step
        if not isinstance(step, ToolStep):
            raise TypeError(f"not a tool step: {step.kind}")
        work = await equipped(self._database, work)
        literal = work.tools[step.tool].arguments.literal
        arguments = {
            name: value if name in literal else work.resolve(value, "arguments", name)
            for name, value in step.arguments.items()
        }
        files = arguments.pop("files", None)
        inputs = await stage(self._database, self._objects, work.claim.dispatch.tenant_id, files, at="/arguments/files")
        call = ToolCall(
            *(step.tool, arguments, inputs),
            turn=work.claim.turn,
            call_id=_CALL_ID,
            workspace=await self._workspace(work, step),
            effect=step.effect,
        )
        document = await self._tool_calls.run(work, call)
        output = output_of(document, whole=succeeded(document))
        if succeeded(document):
            return StepFinished(output, turn=work.claim.turn + 1)
        code, detail = (
            str(document["reason"] or FailureCode.TOOL_FAILED),
            document["detail"] or f"it ended {document['status']}",
        )
        if code == JobReason.WALL_TIME and work.clock.is_over:
            code, detail = FailureCode.STEP_TIMED_OUT, f"the step's {step.timeout_seconds} s are over"
        reason = job_reason(document)
        if document["stderr"] and reason == document["reason"]:
            detail = f"{detail}; stderr ends: {document['stderr'][-_SHOWN_STDERR:]}"
        # A step that has used up its own time is not tried again for what became of its job.
        raise TickFailed(code, detail, output=output, cause=reason if code == document["reason"] else None)

    async def _workspace(self, work: Work, step: ToolStep) -> WorkspaceUse | None:
        if step.workspace is None:
            return None
        expression = expression_of(step.workspace)
        if expression is None:
            return WorkspaceUse()
        found = work.resolve(expression, "workspace")
        return await staged_workspace(self._database, self._objects, work.claim.dispatch.tenant_id, found)
