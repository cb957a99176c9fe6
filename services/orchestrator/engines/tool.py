"""Tool steps: one call of one tool."""

from foundation.cloud.objects import ObjectStore
from foundation.contracts.definition import ToolStep
from foundation.contracts.tools.catalogue import TOOLS
from foundation.storage.database import Database
from orchestrator.engines.base import Finished, Outcome, StepFailed, Work
from orchestrator.files import stage
from orchestrator.tool_calls import ToolCall, ToolCalls, succeeded

_CALL_ID = "step"
_SHOWN_STDERR = 2_000


class ToolEngine:
    def __init__(self, database: Database, objects: ObjectStore, tool_calls: ToolCalls) -> None:
        self._database = database
        self._objects = objects
        self._tool_calls = tool_calls

    async def run(self, work: Work) -> Outcome:
        step = work.step
        if not isinstance(step, ToolStep):
            raise TypeError(f"not a tool step: {step.kind}")
        literal = TOOLS[step.tool].arguments.literal
        arguments = {
            name: value if name in literal else work.resolve(value, "arguments", name)
            for name, value in step.arguments.items()
        }
        files = arguments.pop("files", None)
        inputs = await stage(self._database, self._objects, work.claim.dispatch.tenant_id, files)
        call = ToolCall(tool=step.tool, arguments=arguments, inputs=inputs, turn=0, call_id=_CALL_ID)
        document = await self._tool_calls.run(work, call)
        if not succeeded(document):
            detail = document["detail"] or f"{step.tool} ended {document['status']}"
            if document["stderr"]:
                detail = f"{detail}; stderr ends: {document['stderr'][-_SHOWN_STDERR:]}"
            raise StepFailed(str(document["reason"] or "tool_failed"), detail)
        return Finished({name: document[name] for name in ("result", "stdout", "files")}, turn=1)
