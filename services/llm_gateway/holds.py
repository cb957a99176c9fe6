"""The holds of this gateway's open attempts: renewed together, and cut off before one can lapse."""

import asyncio
import math
from collections.abc import Callable
from uuid import UUID

from redis.exceptions import RedisError

from foundation.telemetry.logs import logger
from llm_gateway.budget.reservation import Reservation
from llm_gateway.budget.store import BudgetStore

_log = logger(__name__)


class Holds:
    def __init__(self, store: BudgetStore, *, lease_seconds: float) -> None:
        self._store = store
        self._lease = lease_seconds
        self._ends: dict[UUID, float] = {}
        self._reservations: dict[UUID, Reservation] = {}
        self._cutters: dict[UUID, Callable[[], None]] = {}

    def __len__(self) -> int:
        return len(self._ends)

    def begin(self, reservation: Reservation) -> None:
        """From now on, a lease long. It may still wait for its room: then Redis knows nothing of it yet."""
        self._begin(reservation, ends=asyncio.get_running_loop().time() + self._lease)

    def begin_locally(self, reservation: Reservation) -> None:
        """Perhaps nothing is held that could lapse; where Redis or a rebuild has a hold of it, that is renewed too."""
        self._begin(reservation, ends=math.inf)

    def end(self, identity: UUID) -> None:
        self._ends.pop(identity, None)
        self._reservations.pop(identity, None)
        self._cutters.pop(identity, None)

    def watch(self, identity: UUID, cut: Callable[[], None]) -> None:
        """Call `cut` if the hold cannot be renewed: the upstream must end before the hold lapses."""
        self._cutters[identity] = cut

    def cut_all(self) -> None:
        """Break off every answer that is watched."""
        for cut in list(self._cutters.values()):
            cut()

    async def renew(self) -> bool:
        """Renew every hold and cut what is about to outlive its own; whether all that was asked for was answered."""
        loop = asyncio.get_running_loop()
        by_bucket: dict[int, list[UUID]] = {}
        for identity, reservation in self._reservations.items():
            by_bucket.setdefault(reservation.bucket, []).append(identity)
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
                # a hold that still waits for its room is not in Redis yet
                if identity in self._ends and identity not in gone:
                    self._ends[identity] = until
        for identity, ends in self._ends.items():
            if ends - loop.time() < self._lease / 4 and (cut := self._cutters.get(identity)) is not None:
                _log.warning("a call is cut before its hold lapses", extra={"event_id": identity})
                cut()
        return answered

    def _begin(self, reservation: Reservation, *, ends: float) -> None:
        self._ends[reservation.reservation_id] = ends
        self._reservations[reservation.reservation_id] = reservation
