"""The holds of this gateway's open attempts: renewed together, and cut off before one can lapse."""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from redis.exceptions import RedisError

from foundation.telemetry.logs import logger
from llm_gateway.budget.reservation import Reservation
from llm_gateway.budget.store import BudgetStore

_log = logger(__name__)


@dataclass(slots=True)
class _OpenHold:
    reservation: Reservation
    ends: float
    """When its lease ends, by the loop's clock."""
    cut: Callable[[], None] | None = None


class OpenHolds:
    """Renews the holds of this gateway's open attempts, and cuts an attempt off before its hold lapses."""

    def __init__(self, store: BudgetStore, *, lease_seconds: float) -> None:
        self._store = store
        self._lease = lease_seconds
        self._open: dict[UUID, _OpenHold] = {}
        self.ending = False
        """Whether every attempt is cut off, because this gateway ends; it is to begin no other."""

    def __len__(self) -> int:
        return len(self._open)

    def begin(self, reservation: Reservation) -> None:
        """Watch a hold from now on. While the attempt still waits for room, Redis has no hold of it yet."""
        ends = asyncio.get_running_loop().time() + self._lease
        self._open[reservation.reservation_id] = _OpenHold(reservation, ends)

    def begin_locally(self, reservation: Reservation) -> None:
        """Renew the hold of an attempt if Redis has one; it is not cut off, since there may be nothing to lapse."""
        self._open[reservation.reservation_id] = _OpenHold(reservation, math.inf)

    def end(self, identity: UUID) -> None:
        self._open.pop(identity, None)

    def watch(self, identity: UUID, cut: Callable[[], None]) -> None:
        """Call `cut` if the hold cannot be renewed, because the attempt must end before the hold lapses.

        A later `cut` replaces an earlier one, as the attempt goes from being sent to being answered.
        """
        if (hold := self._open.get(identity)) is not None:
            hold.cut = cut

    def unwatch(self, identity: UUID) -> None:
        """There is nothing to break off any more; what is left of the attempt is its settlement."""
        if (hold := self._open.get(identity)) is not None:
            hold.cut = None

    def cut_all(self) -> None:
        """Break off every attempt that is watched, for this gateway ends."""
        self.ending = True
        for hold in list(self._open.values()):
            if hold.cut is not None:
                hold.cut()

    async def renew(self) -> bool:
        """Renew every hold, and cut off attempts whose hold is about to lapse; whether Redis answered every time."""
        loop = asyncio.get_running_loop()
        by_bucket: dict[int, list[UUID]] = {}
        for identity, hold in self._open.items():
            by_bucket.setdefault(hold.reservation.bucket, []).append(identity)
        answered = True
        for bucket, identities in by_bucket.items():
            until = loop.time() + self._lease
            try:
                gone = await self._store.renew(bucket, identities)
            except RedisError:
                _log.debug("holds could not be renewed", extra={"bucket": bucket, "holds": len(identities)})
                answered = False
                continue
            for identity in identities:
                # A hold that still waits for room is not in Redis yet.
                if identity not in gone and (renewed := self._open.get(identity)) is not None:
                    renewed.ends = until
        for identity, hold in self._open.items():
            if hold.cut is not None and hold.ends - loop.time() < self._lease / 4:
                _log.warning("a call is cut before its hold lapses", extra={"event_id": identity})
                hold.cut()
        return answered
