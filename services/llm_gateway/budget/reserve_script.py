"""A reservation as reserve.lua takes it, and the script's answers as values and exceptions."""

from collections.abc import Mapping, Sequence

import msgspec

from foundation.contracts.gateway.ledger import ScopeKind
from foundation.domain.budget_scopes import BudgetPeriod
from llm_gateway.budget.limits.backfill import NO_BACKFILLS, Backfill
from llm_gateway.budget.limits.rates import NO_LIMITS, CallLimits, SlidingWindowState
from llm_gateway.budget.limits.scopes import CalendarWindows, LimitedScope, limit_arguments
from llm_gateway.budget.redis import keys
from llm_gateway.budget.redis.replies import ReserveReply
from llm_gateway.budget.refusals import (
    AlreadyAnswered,
    BackfillNeeded,
    BlockingLimit,
    BucketClosed,
    BudgetSpent,
    CallUnderWay,
    LimitFigures,
    ReservationRefused,
    RoomHeldByOthers,
    RunIsClosed,
    StaleLease,
    StaleWindow,
    WindowFull,
)
from llm_gateway.budget.reservation import Reservation


class StepLease(msgspec.Struct, frozen=True):
    """The lease of a run's step under which a call is made."""

    generation: int
    fence: int


class ReservationRequest(msgspec.Struct, frozen=True):
    """A reservation with all that decides whether it is made.

    `backfills` answer a `BackfillNeeded`: what the ledger has of a rolling window, by the number of its scope.
    """

    reservation: Reservation
    scopes: Sequence[LimitedScope]
    windows: CalendarWindows
    lease: StepLease | None
    limits: CallLimits = NO_LIMITS
    backfills: Mapping[int, Backfill] = NO_BACKFILLS


class ScopeRemaining(msgspec.Struct, frozen=True):
    """What a scope has left after a reservation; None where it has no limit."""

    scope: ScopeKind
    tokens: int | None
    nano_usd: int | None


class Headroom(msgspec.Struct, frozen=True):
    """What is left after a reservation; empty where it repeats one that Redis holds already."""

    at_us: int = 0
    remaining: tuple[ScopeRemaining, ...] = ()
    rates: tuple[SlidingWindowState, ...] = ()
    nearly_spent: tuple[tuple[ScopeKind, BudgetPeriod], ...] = ()
    """Where four fifths of a limit are committed."""


def make_keys(request: ReservationRequest) -> list[str]:
    reservation = request.reservation
    bucket = reservation.bucket
    call = [
        keys.epoch(bucket),
        keys.leases(bucket),
        keys.stream(bucket),
        reservation.hold_key,
        reservation.marker_key,
    ]
    return [*call, *reservation.scope_names, *request.limits.keys]


def make_arguments(request: ReservationRequest, *, lease_ms: int) -> list[str | int]:
    reservation, scopes, windows = request.reservation, request.scopes, request.windows
    lease, limits = request.lease, request.limits
    arguments: list[str | int] = [
        keys.prefix(reservation.bucket),
        reservation.name,
        lease_ms,
        reservation.bound_tokens,
        reservation.bound_nano_usd,
        windows.day.label,
        windows.day.start_ms,
        windows.day.end_ms,
        windows.month.label,
        windows.month.start_ms,
        windows.month.end_ms,
        "" if lease is None else lease.generation,
        "" if lease is None else lease.fence,
        reservation.lost_event,
        int(reservation.call_marker is not None),
        len(scopes),
        len(limits.rates),
        reservation.limited,
        " ".join(str(scope.generation) for scope in scopes if scope.generation is not None),
        sum(scope.rolling is not None for scope in scopes),
        int(reservation.is_estimate),
        "\n".join(f"{number} {limit}" for number, scope in enumerate(scopes, 1) for limit in scope.watched),
    ]
    for scope in scopes:
        arguments += scope.arguments
    arguments += limits.arguments
    for number, scope in enumerate(scopes):
        if (rolling := scope.rolling) is not None:
            backfill = request.backfills[number].text() if number in request.backfills else ""
            arguments += [number + 1, rolling.width_ms, rolling.slice_ms, *limit_arguments(rolling.limit), backfill]
    return arguments


_PLAIN: dict[bytes, type[ReservationRefused]] = {
    ReserveReply.CLOSED: BucketClosed,
    ReserveReply.REPLAY: AlreadyAnswered,
    ReserveReply.IN_PROGRESS: CallUnderWay,
    ReserveReply.RUN_CLOSED: RunIsClosed,
    ReserveReply.STALE_LEASE: StaleLease,
}


def read_headroom(answer: list[bytes], request: ReservationRequest) -> Headroom:
    """What each scope has left, from an answer `reserved`."""
    if len(answer) == 1:
        return Headroom()
    scopes = request.scopes
    rates_at = 3 + 2 * len(scopes)
    left = [int(value) if value else None for value in answer[3:rates_at]]
    remaining = (ScopeRemaining(scope.kind, left[2 * at], left[2 * at + 1]) for at, scope in enumerate(scopes))
    nearly = (words.split(" ") for words in answer[2].decode().split(",") if words)
    nearly_spent = tuple((scopes[int(number) - 1].kind, BudgetPeriod(name)) for number, name in nearly)
    rates = _read_window_states(answer[rates_at:], request.limits)
    return Headroom(int(answer[1]), tuple(remaining), rates, nearly_spent)


def read_refusal(answer: list[bytes], request: ReservationRequest) -> ReservationRefused:
    """The exception for an answer that made no reservation."""
    if answer[0] in _PLAIN:
        return _PLAIN[answer[0]]()
    if answer[0] == ReserveReply.STALE_WINDOW:
        return StaleWindow(int(answer[1]))
    if answer[0] == ReserveReply.LIMITED:
        wait_us = int(answer[2]) if answer[2] else None
        states = _read_window_states(answer[4:], request.limits)
        return WindowFull(int(answer[1]) - 1, wait_us, int(answer[3]), states)
    if answer[0] == ReserveReply.BACKFILL_NEEDED:
        return BackfillNeeded({int(answer[at]) - 1: int(answer[at + 1]) for at in range(1, len(answer), 2)})
    number = int(answer[1]) - 1
    blocking = BlockingLimit(
        number=number,
        scope=request.scopes[number].kind,
        period=BudgetPeriod(answer[2].decode()),
        unit=answer[3].decode(),
        left=int(answer[4]),
        room_at_ms=int(answer[5]) if answer[5] else None,
        figures=LimitFigures(*map(int, answer[6:10])),
    )
    return BudgetSpent(blocking) if answer[0] == ReserveReply.SPENT else RoomHeldByOthers(blocking)


def _read_window_states(values: list[bytes], limits: CallLimits) -> tuple[SlidingWindowState, ...]:
    return tuple(
        SlidingWindowState(rate, int(values[2 * at]), int(values[2 * at + 1])) for at, rate in enumerate(limits.rates)
    )
