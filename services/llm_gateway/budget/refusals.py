"""The reasons for which reserve.lua makes no reservation, one exception for each."""

from collections.abc import Mapping
from dataclasses import dataclass

from foundation.contracts.gateway.ledger import ScopeKind
from foundation.domain.budget_scopes import BudgetPeriod
from llm_gateway.budget.limits.rates import SlidingWindowState


class ReservationRefused(Exception):
    """The root of what `BudgetStore.reserve` raises where it makes no reservation."""


class BucketClosed(ReservationRefused):
    """Redis lost the counters; they are being rebuilt."""


class StaleWindow(ReservationRefused):
    """The gateway's clock and the server's disagree about the day."""

    def __init__(self, server_ms: int) -> None:
        super().__init__(f"the server's clock says {server_ms}")
        self.server_ms = server_ms


class BackfillNeeded(ReservationRefused):
    """Redis counts some rolling windows only from now on, so the next try must bring what the ledger has of them.

    `since_ms` is for each, by the number of its scope, the moment up to which the ledger has to be read.
    """

    def __init__(self, since_ms: Mapping[int, int]) -> None:
        super().__init__(f"{len(since_ms)} rolling windows")
        self.since_ms = since_ms


class AlreadyAnswered(ReservationRefused):
    """The call's answer is stored and is to be replayed."""


class CallUnderWay(ReservationRefused):
    """The same call is under way."""


class RunIsClosed(ReservationRefused):
    """The run takes no more calls."""


class StaleLease(ReservationRefused):
    """A later generation or fence has called already."""


@dataclass(frozen=True, slots=True)
class LimitFigures:
    """How a limit stood when it did not let a call through, in its unit: nano-dollars, tokens or calls."""

    limit: int
    spent: int
    held: int
    asked: int
    """What the call would have held at least, for which there was no room."""


@dataclass(frozen=True, slots=True)
class BlockingLimit:
    """The limit that does not let the call through, and what is left of it beside what is committed and held.

    `room_at_ms` is when what is committed in rolling windows will leave room; None where that alone never does.
    """

    number: int
    scope: ScopeKind
    period: BudgetPeriod
    unit: str
    left: int
    room_at_ms: int | None = None
    figures: LimitFigures | None = None


class BudgetSpent(ReservationRefused):
    """What is committed leaves too little: waiting does not help."""

    def __init__(self, blocking: BlockingLimit) -> None:
        super().__init__(f"{blocking.scope} {blocking.period} {blocking.unit}")
        self.blocking = blocking


class RoomHeldByOthers(ReservationRefused):
    """The call would fit if calls in flight did not hold the room, so waiting may help."""

    def __init__(self, blocking: BlockingLimit) -> None:
        super().__init__(f"{blocking.scope} {blocking.period} {blocking.unit}")
        self.blocking = blocking


class WindowFull(ReservationRefused):
    """A sliding window is full; `wait_us` until it has room, None when the call can never fit."""

    def __init__(self, number: int, wait_us: int | None, now_us: int, rates: tuple[SlidingWindowState, ...]) -> None:
        super().__init__(f"{rates[number].rate.scope} {rates[number].rate.unit}")
        self.number = number
        self.slowest = rates[number].rate
        self.wait_us = wait_us
        self.now_us = now_us
        self.rates = rates
