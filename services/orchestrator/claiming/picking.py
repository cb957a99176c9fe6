"""Claims the next step out of a tenant's lines."""

from collections.abc import Sequence
from enum import StrEnum

from foundation.contracts.concurrency import ConcurrencyPolicy
from foundation.domain.ids import TenantId
from foundation.domain.states import WaitReason
from foundation.storage.execution import run_events
from foundation.storage.session.database import Database, Transaction, with_retries
from foundation.workflow.lines import limits, lining_up, turns
from foundation.workflow.lines.turns import FirstInLine
from orchestrator.claiming.taking import Taken, Taker, tell_of_waits

# A row may change between the look at the lines and the claim; it is then looked at again.
_TRIES = 3


class NonePicked(StrEnum):
    """Why no step was taken out of a tenant's lines."""

    NOBODY_WAITS = "no step of the tenant waits"
    NOT_NOW = "none of those that wait may run now"


class Picker:
    """Picks steps for one worker. Of all workers one at a time picks for a tenant, so that no limit is passed."""

    def __init__(self, database: Database, taker: Taker) -> None:
        self._database = database
        self._taker = taker

    async def pick(self, tenant_id: TenantId) -> Taken | NonePicked:
        """Claims the tenant's next step in line that may run beside those that do."""
        for _ in range(_TRIES):
            lacks: dict[str, str] = {}
            picked = await with_retries(lambda: self._pick(tenant_id, lacks))  # noqa: B023 - awaited within the loop
            for line, lacked in lacks.items():
                await with_retries(lambda: self._mark_lacking(tenant_id, line, lacked))  # noqa: B023
            if picked is not None:
                return picked
        return NonePicked.NOT_NOW

    async def _pick(self, tenant_id: TenantId, lacks: dict[str, str]) -> Taken | NonePicked | None:
        """None when the step has changed since it was read; `lacks` gets what each line was found to lack anew.

        A step that could not be claimed may be locked by now, so that the next try is a transaction of its own.
        """
        async with self._database.tenant(tenant_id) as tx:
            await turns.take_turns(tx, tenant_id)
            firsts, policy = await turns.first_of_each_line(tx, tenant_id)
            if not firsts:
                return NonePicked.NOBODY_WAITS
            first = await _first_that_may(tx, tenant_id, firsts, policy, lacks)
            if first is None:
                return NonePicked.NOT_NOW
            claimed = await self._taker.claim(tx, first.dispatch, admitted=True)
            if claimed is None:
                return None
            if len(firsts) > 1:
                # Who is alone needs no turn; whoever comes later finds it first in line once, as it has waited longer.
                await turns.mark_served(tx, tenant_id, first.line)
            await run_events.append(tx, tenant_id, first.dispatch.run_id, [claimed.event])
            return Taken(claimed.work)

    async def _mark_lacking(self, tenant_id: TenantId, line: str, lacked: str) -> None:
        async with self._database.tenant(tenant_id) as tx:
            marked = await lining_up.mark_lacking(tx, tenant_id, line=line, lacks=lacked)
            await tell_of_waits(tx, tenant_id, marked, WaitReason.RESOURCE, resource=lacked)


async def _first_that_may(
    tx: Transaction,
    tenant_id: TenantId,
    firsts: Sequence[FirstInLine],
    policy: ConcurrencyPolicy,
    lacks: dict[str, str],
) -> FirstInLine | None:
    if not limits.is_limited([first.needs for first in firsts], policy):
        return firsts[0]
    running = await limits.read_running(tx, tenant_id)
    promised: set[str] = set()
    for first in firsts:
        lacked = list(limits.lacking(first.needs, running, policy, promised=promised))
        if not lacked:
            return first
        promised.update(lacked)
        if first.lacks != lacked[0]:
            lacks[first.line] = lacked[0]
    return None
