"""The clock of a step that a worker holds while it waits for a slot of the tool runtime.

Such a wait does not count as the step's own time. Its clock is stopped: the time that is left is kept in `clock_left`,
and the step has no deadline until it goes on. So it is for a step that waits in line for a worker (`lines`).
"""

from foundation.storage.execution.dispatches import StepClaim
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text

_STOP_CLOCK = text(
    """UPDATE steps SET wait_reason = 'slot', waiting_since = COALESCE(waiting_since, now()),
                        clock_left = COALESCE(EXTRACT(EPOCH FROM deadline_at - now()), clock_left), deadline_at = NULL
       WHERE tenant_id = :tenant_id AND step_id = :step_id AND fence = :fence AND status = 'RUNNING'"""
)
_START_CLOCK = text(
    """UPDATE steps SET wait_reason = NULL, waiting_since = NULL, clock_left = NULL,
                        deadline_at = COALESCE(deadline_at, now() + clock_left * interval '1 second')
       WHERE tenant_id = :tenant_id AND step_id = :step_id AND fence = :fence AND status = 'RUNNING'"""
)


async def write_clock(tx: Transaction, claim: StepClaim, *, stopped: bool) -> None:
    """Stops a held step's clock, or starts it with the time that was left; nothing when another holder has the step."""
    await tx.execute(
        _STOP_CLOCK if stopped else _START_CLOCK,
        {"tenant_id": claim.dispatch.tenant_id, "step_id": claim.dispatch.step_id, "fence": claim.fence},
    )
