"""Steps that wait for a person's decision: the engine only says what is asked; the wait needs no worker."""

from typing import Self

from foundation.contracts.accepted.shown_text import hidden_in_lines
from foundation.contracts.expressions.evaluation import ExpressionError
from foundation.contracts.steps.approval import ApprovalStep
from foundation.contracts.steps.base import MAX_INSTRUCTIONS
from foundation.domain.states import StepKind
from foundation.storage.execution.approvals import ApprovalRequest
from orchestrator.engines.base import EngineParts, RegisteredEngine
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
            message=message_of(work, step),
            roles=tuple(role.value for role in step.roles),
            users=tuple(step.users),
            form=step.form,
            expires_in=step.expires_in,
            on_expiry=step.on_expiry,
        )
        return ApprovalAsked(request)


def message_of(work: Work, step: ApprovalStep) -> str:
    """The message as it is shown; `ExpressionError` for one that would not be shown as it is, or is too long.

    Somebody decides by what they see, so that nothing may hide in it or turn the text around it.
    """
    message = work.resolve_text(step.message, "message")
    if len(message) > MAX_INSTRUCTIONS:
        raise ExpressionError(f"/message: it has {len(message)} characters; at most {MAX_INSTRUCTIONS} are shown")
    if not message.strip():
        raise ExpressionError("/message: its expressions give an empty text; write || 'default' within them")
    if (why := hidden_in_lines(message)) is not None:
        raise ExpressionError(f"/message: {why}")
    return message
