"""The clock of a step that a worker holds while it waits for a slot of the tool runtime.

Such a wait does not count as the step's own time. Its clock is stopped: the time that is left is kept in `clock_left`,
and the step has no deadline until it goes on. So it is for a step that waits in line for a worker (`lines`).
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Double,
    Interval,
    Text,
    Uuid,
    column,
    extract,
    func,
    literal_column,
    table,
    update,
)

from foundation.domain.states import StepStatus, WaitReason
from foundation.storage.execution.dispatches import StepClaim
from foundation.storage.session.database import Transaction

_STEPS = table(
    "steps",
    *(column(name, Uuid) for name in ("tenant_id", "step_id")),
    *(column(name, Text) for name in ("status", "wait_reason")),
    *(column(name, DateTime(timezone=True)) for name in ("waiting_since", "deadline_at")),
    column("fence", BigInteger),
    column("clock_left", Double),
)
_S = _STEPS.c

_SECOND = literal_column("interval '1 second'", Interval)

_STOP_CLOCK: dict[str, Any] = {
    "wait_reason": WaitReason.SLOT.value,
    "waiting_since": func.coalesce(_S.waiting_since, func.now()),
    "clock_left": func.coalesce(extract("epoch", _S.deadline_at - func.now()), _S.clock_left),
    "deadline_at": None,
}
_START_CLOCK: dict[str, Any] = {
    "wait_reason": None,
    "waiting_since": None,
    "deadline_at": func.coalesce(_S.deadline_at, func.now() + _S.clock_left * _SECOND),
    "clock_left": None,
}


async def write_clock(tx: Transaction, claim: StepClaim, *, stopped: bool) -> None:
    """Stops a held step's clock, or starts it with the time that was left; nothing when another holder has the step."""
    await tx.execute(
        update(_STEPS)
        .where(
            _S.tenant_id == claim.dispatch.tenant_id,
            _S.step_id == claim.dispatch.step_id,
            _S.fence == claim.fence,
            _S.status == StepStatus.RUNNING.value,
        )
        .values(_STOP_CLOCK if stopped else _START_CLOCK)
    )
