"""Whether one more run may be open: asked before a run is started, forked or opened again."""

from control_plane.identity.callers import ApiCaller
from control_plane.requests.kill_switch_guard import require_no_kill_switch
from foundation.domain.errors import QuotaExceeded
from foundation.storage.execution import runs
from foundation.storage.session.database import Transaction


async def require_room(tx: Transaction, caller: ApiCaller, *, max_open: int) -> None:
    """`KillSwitchEngaged` while a switch stops the tenant; `QuotaExceeded` when it has `max_open` open runs already."""
    await require_no_kill_switch(tx, caller.tenant_id)
    if await runs.count_open(tx, caller.tenant_id) >= max_open:
        raise QuotaExceeded(f"the tenant has {max_open} open runs", remedy="wait for some to end", retry_after=10)
