"""Steps that act on the world once and are made again after a failure of which nobody knows what was done by then."""

from collections.abc import Iterator

from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.definition import TaskDefinition
from foundation.contracts.steps.tool import ToolStep
from foundation.domain.errors import Fault
from foundation.domain.retry import RetryCause

_AFTERWARDS = frozenset(
    {
        *(RetryCause.EXIT_CODE, RetryCause.SIGNAL, RetryCause.WALL_TIME, RetryCause.CPU_TIME, RetryCause.MEMORY),
        *(RetryCause.OUTPUT, "timed_out", "connection_failed", "interrupted", "page_crashed", "page_closed"),
        *("server_ended", "tool_error", "out_of_time", "agent_failed"),
    }
)
"""Failures before which the call may have been heeded on its other side; every other code comes of one that was not."""


def repeat_warnings(definition: TaskDefinition) -> Iterator[Fault]:
    """One for each failure that such a step's `retry.on` names."""
    for at, step in enumerate(definition.steps):
        if not isinstance(step, ToolStep) or step.retry.attempts == 1:
            continue
        if not step.may_act_once(reaches=bool(definition.egress)):
            continue
        for place, cause in enumerate(step.retry.on):
            if cause in _AFTERWARDS:
                yield Fault(pointer_of(("steps", at, "retry", "on", place)), _detail(step, str(cause)))


def _detail(step: ToolStep, cause: str) -> str:
    return (
        f"the call acts once (`effect`: once), and after {cause} it may have acted already: it is made again all the"
        f" same, up to {step.retry.attempts} times in all. Leave {cause} out, or write `effect: keyed` where the other"
        " side knows a request again by its key, or `effect: pure` where making it twice changes nothing"
    )
