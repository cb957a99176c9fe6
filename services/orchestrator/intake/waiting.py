"""Gives this worker's free slots to the steps that wait in line, whichever worker has put them there."""

import asyncio
from collections.abc import Awaitable, Callable, Collection

from foundation.domain.errors import LockstepError
from foundation.domain.ids import TenantId
from foundation.storage.session.notifications import Wakeups
from foundation.telemetry.background import TaskSet
from foundation.telemetry.logs import logger
from orchestrator.claiming.picking import NonePicked, Picker
from orchestrator.claiming.taking import Taken
from orchestrator.intake.shares import Shares
from orchestrator.work import Work

_log = logger(__name__)
_LOOK_SECONDS = 5.0
_BETWEEN_LOOKS_SECONDS = 0.2
HANDED_ON_SECONDS = 1.0
"""How long the steps of one run may hand a slot on to one another while others of their tenant wait."""

Look = Callable[[], Awaitable[Collection[TenantId]]]
"""The tenants that have steps in line, of all workers."""


class Waiting:
    """The tenants that have steps in line, as far as this worker knows, and its slots.

    It knows of those that it has lined up itself, and looks for those of others when it is notified, and every few
    seconds because a notification may be lost.
    """

    def __init__(self, picker: Picker, start: Callable[[Work], None], *, concurrency: int) -> None:
        self._picker = picker
        self._start = start
        self.shares = Shares(concurrency)
        self._tenants: set[TenantId] = set()
        # Those of whose waiting steps none could run when it was tried last; an end of one of theirs may change that.
        self._stuck: set[TenantId] = set()
        # Those for whom a step is being picked. Of all workers one at a time picks for a tenant, so that a second pick
        # would only wait, and hold a connection meanwhile. With True it was asked for again.
        self._picking: dict[TenantId, bool] = {}
        self._closed = False
        self._serving = TaskSet()

    def __contains__(self, tenant_id: TenantId) -> bool:
        return tenant_id in self._tenants

    def add(self, tenant_id: TenantId) -> None:
        self._tenants.add(tenant_id)
        self._stuck.discard(tenant_id)

    async def close(self) -> None:
        """No waiting step is started any more; returns when the last ones have their tasks."""
        self._closed = True
        await self._serving.wait()

    def freed(self, tenant_id: TenantId) -> None:
        """A step of the tenant has ended."""
        self._stuck.discard(tenant_id)
        self.wake()

    def wake(self) -> None:
        """Has the waiting served beside whoever calls: a step that has ended has no lease any more to work under."""
        if self._tenants and not self._closed:
            self._serving.start(self.serve(), name="serve the waiting")

    def for_freed_steps(self, tenant_id: TenantId, *, since: float) -> int:
        """How many steps that one of the tenant's steps frees may be claimed with its end.

        While others of the tenant wait, its slot may be handed on for a moment, so that short steps cost little, and
        goes to the next in line then.
        """
        most = self.shares.for_freed_steps(tenant_id)
        if tenant_id not in self._tenants:
            return most
        handed_on = asyncio.get_running_loop().time() - since < HANDED_ON_SECONDS
        return min(most, 1) if handed_on else 0

    async def serve(self) -> None:
        """Starts waiting steps until no slot is free for any."""
        served = bool(self._tenants)
        while served and not self._closed:
            served = False
            for tenant_id in self.shares.in_turn(self._tenants - self._stuck):
                if tenant_id in self._picking:
                    self._picking[tenant_id] = True
                elif not self._closed and self.shares.admit(tenant_id):
                    served |= await self._serve_one(tenant_id)

    async def _serve_one(self, tenant_id: TenantId) -> bool:
        """Starts the tenant's next step in the slot that was taken for it, or frees that again.

        Returns whether another step may be there for another slot.
        """
        picked: Taken | NonePicked | None = None
        self._picking[tenant_id] = False
        try:
            picked = await self._picker.pick(tenant_id)
        except (LockstepError, OSError) as error:
            # The next end of a step tries it again, or the next look.
            _log.warning("no waiting step can be taken now", extra={"error": type(error).__name__})
        finally:
            again = self._picking.pop(tenant_id)
            if not isinstance(picked, Taken):
                self.shares.leave(tenant_id)
        if isinstance(picked, Taken):
            self.shares.mark_served(tenant_id)
            self._start(picked.work)
            return True
        if again and picked is not None:
            return True
        if picked is NonePicked.NOBODY_WAITS:
            self._tenants.discard(tenant_id)
        else:
            self._stuck.add(tenant_id)
        return False

    async def watch(self, wakeups: Wakeups, look: Look) -> None:
        """Looks for waiting steps of all workers until cancelled."""
        while True:
            await wakeups.wait("lines", timeout_seconds=_LOOK_SECONDS)
            try:
                self._tenants = set(await look())
            except (LockstepError, OSError) as error:
                _log.debug("who waits cannot be read now", extra={"error": type(error).__name__})
            self._stuck.clear()
            await self.serve()
            await asyncio.sleep(_BETWEEN_LOOKS_SECONDS)
