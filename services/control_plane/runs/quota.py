"""How many runs of a tenant may be open at once: asked before a run is started, forked or opened again."""

from control_plane.identity.callers import ApiCaller
from foundation.domain.errors import QuotaExceeded
from foundation.storage.execution import runs
from foundation.storage.session.database import Transaction


async def require_room(tx: Transaction, caller: ApiCaller, *, max_open: int) -> None:
    """`QuotaExceeded` when the tenant has `max_open` open runs already."""
    if await runs.count_open(tx, caller.tenant_id) >= max_open:
        raise QuotaExceeded(f"the tenant has {max_open} open runs", remedy="wait for some to end", retry_after=10)
