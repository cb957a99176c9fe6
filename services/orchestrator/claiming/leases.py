"""The steps that this worker holds, and the loop that renews their leases."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from foundation.cloud.queue.base import Queue
from foundation.domain.errors import DependencyUnavailable, LockstepError
from foundation.domain.ids import StepId, TenantId
from foundation.storage.execution.dispatches import StepClaim
from foundation.storage.session.database import Database
from foundation.storage.session.notifications import Wakeups
from foundation.telemetry.background import TaskSet
from foundation.telemetry.logs import logger
from foundation.workflow import claims

_log = logger(__name__)


@dataclass(slots=True)
class HeldStep:
    """A claim with the task that works on it, and the receipt of the message that brought it, if one did."""

    claim: StepClaim
    receipt: str | None
    task: asyncio.Task[None] = field(init=False)
    lost: bool = False


class Leases:
    """Renews each lease together with its message's visibility; cancels a step's task when its fence was raised."""

    def __init__(
        self,
        database: Database,
        queue: Queue,
        wakeups: Wakeups,
        *,
        lease_seconds: float,
        renew_seconds: float,
        visibility_seconds: int,
    ) -> None:
        self._database = database
        self._queue = queue
        self._wakeups = wakeups
        self._lease_seconds = lease_seconds
        self._renew_seconds = renew_seconds
        self._visibility_seconds = visibility_seconds
        self._held: dict[tuple[StepId, int], HeldStep] = {}
        self._tasks = TaskSet()

    def __len__(self) -> int:
        return len(self._held)

    def count_by_tenant(self) -> Counter[TenantId]:
        """How many steps of each tenant this worker holds."""
        return Counter(held.claim.dispatch.tenant_id for held in self._held.values())

    def start(self, held: HeldStep, work: Callable[[HeldStep], Awaitable[None]]) -> None:
        """Works on a held step in a task of its own until it ends."""
        key = (held.claim.dispatch.step_id, held.claim.fence)

        async def until_done() -> None:
            try:
                await work(held)
            finally:
                del self._held[key]

        self._held[key] = held
        held.task = self._tasks.start(until_done(), name=f"step {held.claim.name}")

    def tasks(self) -> list[asyncio.Task[None]]:
        return [held.task for held in self._held.values()]

    async def keep(self) -> None:
        """Renews until cancelled: every `renew_seconds`, and at once when a notification reports fenced leases."""
        while True:
            await self._wakeups.wait("fenced", timeout_seconds=self._renew_seconds)
            if not self._held:
                continue
            try:
                await self.renew_all()
            except (LockstepError, OSError) as error:
                _log.warning(
                    "leases could not be renewed and will be tried again", extra={"error": type(error).__name__}
                )
                await asyncio.sleep(0.5)

    async def renew_all(self) -> None:
        by_tenant: dict[TenantId, list[HeldStep]] = defaultdict(list)
        for held in self._held.values():
            by_tenant[held.claim.dispatch.tenant_id].append(held)
        for tenant_id, steps in by_tenant.items():
            pairs = [(held.claim.dispatch.step_id, held.claim.fence) for held in steps]
            async with self._database.tenant(tenant_id) as tx:
                kept = await claims.renew(tx, tenant_id, pairs, lease_seconds=self._lease_seconds)
            for held, pair in zip(steps, pairs, strict=True):
                # A step that ended during the renewal is no longer held, but it is not lost.
                if pair not in kept and pair in self._held:
                    held.lost = True
                    held.task.cancel()
        for held in list(self._held.values()):
            if held.receipt and not held.lost:
                # A message that becomes visible too early is refused as held, so a failure here does no harm.
                with suppress(DependencyUnavailable):
                    await self._queue.extend(held.receipt, visibility_seconds=self._visibility_seconds)
