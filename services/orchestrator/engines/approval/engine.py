"""Steps that wait for a person's decision: the engine only says what is asked; the wait needs no worker."""

from typing import Self

from foundation.contracts.steps.approval import ApprovalStep
from foundation.domain.states import StepKind
from foundation.storage.execution.approvals import ApprovalRequest
from orchestrator.engines.base import EngineParts, RegisteredEngine
from orchestrator.engines.shown_messages import shown_message
from orchestrator.work import ApprovalAsked, TickOutcome, Work


class ApprovalEngine(RegisteredEngine):
    """Writes the message that those who decide will read."""

    kind = StepKind.APPROVAL

    @classmethod
    def of(cls, parts: EngineParts) -> Self:  # noqa: ARG003 - it needs none
        return cls()

    async def run(self, work: Work) -> TickOutcome:
        step = work.step
        if not isinstance(step, ApprovalStep):
            raise TypeError(f"not an approval step: {step.kind}")
        request = ApprovalRequest(
            message=shown_message(work.resolve_text(step.message, "message"), at="/message"),
            roles=tuple(role.value for role in step.roles),
            users=tuple(step.users),
            form=step.form,
            expires_in=step.expires_in,
            on_expiry=step.on_expiry,
        )
        return ApprovalAsked((request,))
