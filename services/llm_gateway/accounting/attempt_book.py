"""Keeps each attempt, from reservation to settlement, in the journal and in Redis, so that no crash loses one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

from msgspec.structs import replace
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as NotAnswered

from foundation.domain.errors import DependencyUnavailable
from foundation.domain.money import Amount
from foundation.telemetry.logs import logger
from llm_gateway.accounting.journal import AttemptPhase, Journal, JournalEntry, Settlement
from llm_gateway.accounting.late_usage import make_lowering_event, make_undispatched_event
from llm_gateway.accounting.open_holds import OpenHolds
from llm_gateway.accounting.usage_event import decode_event, encode_event
from llm_gateway.budget.local_tally import LocalTally
from llm_gateway.budget.refusals import BucketClosed
from llm_gateway.budget.reservation import Reservation
from llm_gateway.budget.reserve_script import Headroom, ReservationRequest
from llm_gateway.budget.store import BudgetStore, SettlementState
from llm_gateway.budget.waiting import FairWait

_log = logger(__name__)

_ACKNOWLEDGE_SECONDS = 10.0
"""How long an answer waits for Redis to confirm what it cost."""
REMEMBER_ANSWERS = timedelta(hours=1)
"""How long Redis remembers that a call's answer is stored; PostgreSQL keeps the answer itself and is read first."""


class SettlementUnconfirmed(DependencyUnavailable):
    """The settlement is in the journal, but Redis has not confirmed it yet."""


class RedisUnavailable(DependencyUnavailable):
    """Redis cannot be reached, or does not answer in time; whether it made this reservation is not known."""

    reservation_id: UUID | None = None


FindRecorded = Callable[[Sequence[Reservation]], Awaitable[set[UUID]]]
"""Answers which of these attempts' events PostgreSQL has."""


class AttemptBook:
    """Every attempt of this gateway that the ledger does not have yet; `local` are those admitted without Redis."""

    def __init__(
        self, store: BudgetStore, journal: Journal, waiting: FairWait, *, lease: timedelta, find_recorded: FindRecorded
    ) -> None:
        self._store = store
        self._find_recorded = find_recorded
        self._journal = journal
        self._waiting = waiting
        self.holds = OpenHolds(store, lease_seconds=lease.total_seconds())
        self._unfinished: set[UUID] = set(journal.entries)
        self._unknown_since: dict[UUID, int] = {}
        """Since which millisecond of Redis' clock a settled attempt is known to have no hold there."""
        self.local = _rebuild_tally(journal)
        self.closed = asyncio.Event()
        """Set when a script has met a closed bucket, which `Rebuilder` then rebuilds."""

    async def reserve(self, request: ReservationRequest, *, waits: bool = True, once: bool = False) -> Headroom:
        """Hold the bound in every scope, after a fair wait where others hold the room; raises `ReservationRefused`.

        With `once` it waits for its turn only, and raises `RoomHeldByOthers` when there is no room then.
        """
        reservation = request.reservation
        self._journal.begin(reservation)
        identity = reservation.reservation_id
        try:
            if not waits:
                return await self._try_to_hold(request)
            attempt = partial(self._try_to_hold, request)
            return await self._waiting.wait_for_room(reservation.scope_names, attempt, once=once)
        except RedisError as error:
            # It is unknown whether the script ran; a hold that it may have made is released when Redis answers again.
            self.holds.end(identity)
            self._unfinished.add(identity)
            raise _redis_failure(error, identity) from error
        except BaseException as error:
            self.holds.end(identity)
            if isinstance(error, BucketClosed):
                self.closed.set()
            if isinstance(error, asyncio.CancelledError):
                self._unfinished.add(identity)
            elif identity not in self._unfinished:
                self._journal.forget(identity)
            raise

    async def _try_to_hold(self, request: ReservationRequest) -> Headroom:
        reservation = request.reservation
        entry = self._journal.entries[reservation.reservation_id]
        self.holds.begin(reservation)
        entry.passed_over = False
        moment = self.local.moment()
        headroom = await self._store.reserve(request)
        if entry.passed_over:
            # A rebuild may have left this attempt out, so it starts again under another id.
            self._unfinished.add(reservation.reservation_id)
            raise BucketClosed
        entry.admitted = True
        self.local.forget_within_limits(reservation.scope_names, moment)
        return headroom

    def admit_locally(self, reservation: Reservation) -> None:
        """Admit an attempt that Redis may not hold; what it uses is charged when Redis is back."""
        identity = reservation.reservation_id
        self._unfinished.discard(identity)
        self._journal.forget(identity)
        self._journal.begin(reservation)
        self._journal.entries[identity].admitted = True
        self.holds.begin_locally(reservation)
        self.local.add(reservation)

    def mark_dispatching(self, reservation: Reservation) -> None:
        self._journal.mark_dispatching(reservation.reservation_id)

    async def settle(self, reservation: Reservation, settlement: Settlement) -> None:
        """Write the settlement to the journal, then to Redis; `SettlementUnconfirmed` when Redis is too slow.

        An attempt that was admitted without Redis does not wait for it.
        """
        identity = reservation.reservation_id
        self._journal.settle(identity, settlement)
        self.holds.end(identity)
        self._unfinished.add(identity)
        if reservation.is_local:
            self.local.settle(identity, settlement.used)
            return
        loop = asyncio.get_running_loop()
        deadline, pause = loop.time() + _ACKNOWLEDGE_SECONDS, 0.05
        entry = self._journal.entries[identity]
        while not await self._settle_in_redis(entry):
            if loop.time() + pause > deadline:
                raise SettlementUnconfirmed("the answer's cost is not confirmed: Redis does not answer", retry_after=2)
            await asyncio.sleep(pause)
            if identity not in self._unfinished:
                # `finish_unfinished` was quicker, and the journal may have dropped the attempt already.
                return
            pause = min(1.0, pause * 2)

    async def renew(self) -> None:
        """Renew every open hold; call it every sixth of a lease."""
        if not await self.holds.renew():
            self.closed.set()

    async def finish_unfinished(self) -> None:
        """Settle the attempts that an earlier process or a broken connection to Redis left unfinished."""
        for identity in list(self._unfinished):
            entry = self._journal.entries.get(identity)
            if entry is None:
                self._unfinished.discard(identity)
            elif not await self._settle_in_redis(entry) and identity not in self._unknown_since:
                return  # Redis is away or its bucket closed; an attempt that waits for the ledger holds up no other

    def is_empty(self) -> bool:
        """Whether the ledger has all attempts of this gateway, which then owes nothing to anybody."""
        return not self._journal.entries

    def list_unrecorded(self) -> list[JournalEntry]:
        """Settled attempts that PostgreSQL was not yet seen to have."""
        return [
            entry
            for identity, entry in self._journal.entries.items()
            if entry.phase is AttemptPhase.SETTLED and identity not in self._unfinished
        ]

    def forget_recorded(self, identities: set[UUID]) -> None:
        """Drop these attempts from the journal, as PostgreSQL has their events."""
        entries = self._journal.entries
        self._journal.forget(
            *(
                identity
                for identity in identities - self._unfinished
                if (entry := entries.get(identity)) is not None and entry.phase is AttemptPhase.SETTLED
            )
        )

    async def restore_holds(self, buckets: set[int]) -> None:
        """Put back into these buckets, whose counters Redis lost, every hold whose event PostgreSQL does not have.

        A settled attempt is put back as a hold of what it used, because other calls may have got the rest of its room
        by now. It is then settled again; the ledger takes its event only once. An attempt that was given up before it
        was dispatched is left out, because it will never use its room. One whose admission Redis has not confirmed is
        left out too, and is refused even if Redis confirms it later (`_try_to_hold`).
        """
        for identity, entry in list(self._journal.entries.items()):
            if entry.reservation.bucket not in buckets:
                continue
            if entry.phase is AttemptPhase.RESERVING and (identity in self._unfinished or not entry.admitted):
                entry.passed_over = True
                continue
            hold = entry.reservation
            if entry.settlement is not None:
                hold = _reduce_to_usage(hold, entry.settlement)
                self._unfinished.add(identity)
            if await self._store.restore(hold):
                entry.reservation = hold

    async def _settle_in_redis(self, entry: JournalEntry) -> bool:
        """Whether Redis has taken this attempt's end, now or before."""
        settlement = self._end_of(entry)
        reservation = entry.reservation
        used = settlement.used
        remember = REMEMBER_ANSWERS if settlement.answer_stored else None
        try:
            state = await self._store.settle(reservation, used, settlement.event, remember=remember)
            if state is SettlementState.LAPSED and used != reservation.bound:
                # The lapse has charged the bound and written its event, so a second one brings both down.
                lost = decode_event(reservation.lost_event.encode())
                true = decode_event(settlement.event.encode())
                lowering = encode_event(make_lowering_event(true, lost))
                state = await self._store.settle(
                    reservation, used, settlement.event, remember=remember, lowering=lowering
                )
            unknown = state is SettlementState.UNKNOWN and entry.phase is AttemptPhase.SETTLED
            if unknown and not await self._charge_unknown(entry, used):
                return False
        except RedisError as error:
            _log.debug("a settlement waits for Redis", exc_info=error)
            return False
        if state is SettlementState.CLOSED:
            self.closed.set()
            return False
        self._unfinished.discard(reservation.reservation_id)
        self._unknown_since.pop(reservation.reservation_id, None)
        self.local.mark_counted(reservation.reservation_id)
        if entry.phase is AttemptPhase.RESERVING:
            if state is SettlementState.UNKNOWN:
                self._journal.forget(reservation.reservation_id)
            else:
                # Redis may lose the record of the release, so the journal keeps it until the ledger has the event.
                self._journal.settle(reservation.reservation_id, settlement)
        self._waiting.freed(reservation.scope_names)
        return True

    async def _charge_unknown(self, entry: JournalEntry, used: Amount) -> bool:
        """Charge, once, a settled attempt whose hold Redis has lost, unless its event is or will be in the ledger."""
        reservation = entry.reservation
        identity = reservation.reservation_id
        if entry.settlement is None:
            return True
        since = self._unknown_since.get(identity)
        if since is None:
            since = self._unknown_since[identity] = await self._store.now_ms()
        if not await self._store.is_recorded_until(reservation.bucket, since):
            return False
        if identity in await self._find_recorded([reservation]):
            return True
        event = entry.settlement.event
        answer = await self._store.adjust(reservation, used, event, event_id=identity, corrects_ms=None)
        return answer != "closed"

    def _end_of(self, entry: JournalEntry) -> Settlement:
        """How an attempt ends: as it was settled, at nothing when it was never dispatched, else at its bound."""
        if entry.settlement is not None:
            return entry.settlement
        reservation = entry.reservation
        if entry.phase is AttemptPhase.RESERVING:
            return Settlement(
                0, 0, encode_event(make_undispatched_event(decode_event(reservation.lost_event.encode())))
            )
        settlement = Settlement(reservation.bound_tokens, reservation.bound_nano_usd, reservation.lost_event)
        self._journal.settle(reservation.reservation_id, settlement)
        return settlement


def _reduce_to_usage(reservation: Reservation, settlement: Settlement) -> Reservation:
    """The reservation with its attempt's usage as its bound, which is then also what a lapse charges."""
    return replace(
        reservation,
        bound_tokens=settlement.tokens,
        bound_nano_usd=settlement.nano_usd,
        lost_event=settlement.event,
    )


def _redis_failure(error: RedisError, reservation_id: UUID) -> DependencyUnavailable:
    if not isinstance(error, NotConnected | NotAnswered):
        return DependencyUnavailable("budgets cannot be checked, because Redis refuses commands", retry_after=1)
    away = RedisUnavailable("budgets cannot be checked, because Redis does not answer", retry_after=1)
    away.reservation_id = reservation_id
    return away


def _rebuild_tally(journal: Journal) -> LocalTally:
    """What an earlier process admitted without Redis, and Redis may not have counted yet."""
    tally = LocalTally()
    for identity, entry in journal.entries.items():
        if entry.reservation.is_local:
            tally.add(entry.reservation)
            if entry.settlement is not None:
                tally.settle(identity, entry.settlement.used)
    return tally
