"""The errors that callers read when a call is not admitted."""

from datetime import UTC, datetime, timedelta

from foundation.domain.errors import BudgetExceeded, Conflict, LeaseLost, LockstepError, QuotaExceeded, RunClosed
from foundation.domain.money import dollars
from llm_gateway.budget.limits.scopes import CalendarWindows
from llm_gateway.budget.refusals import (
    BlockingLimit,
    BudgetSpent,
    CallUnderWay,
    ReservationRefused,
    RoomHeldByOthers,
    RunIsClosed,
    StaleLease,
    WindowFull,
)
from llm_gateway.budget.waiting import WaitedTooLong
from llm_gateway.refusals.rate_errors import RateExceeded, error_of_full_window

_RETRY_HELD_SECONDS = 0.5


class CallInProgress(Conflict):
    """The same call is under way; its answer can be replayed once it has ended."""

    code = "call_in_progress"
    retryable = True


class RoomHeld(QuotaExceeded):
    """The budget would be enough, but calls in flight hold what is left of it."""

    code = "budget_held"


def error_of_refusal(refusal: ReservationRefused, *, windows: CalendarWindows, now: datetime) -> LockstepError | None:
    """The error that the caller reads; None for a refusal that the gateway answers itself by another try."""
    if isinstance(refusal, CallUnderWay):
        return CallInProgress("the same call is in progress", retry_after=0.5)
    if isinstance(refusal, RunIsClosed):
        return RunClosed("the run has ended and takes no more calls", remedy="start a new run")
    if isinstance(refusal, StaleLease):
        return LeaseLost("another worker holds the step now")
    if isinstance(refusal, BudgetSpent):
        return _exceeded(refusal.blocking, windows, now)
    if isinstance(refusal, WindowFull):
        return error_of_full_window(refusal)
    if isinstance(refusal, RoomHeldByOthers):
        return RoomHeld(f"calls in flight hold the {refusal.blocking.scope} budget", retry_after=_RETRY_HELD_SECONDS)
    return None


def error_of_wait(waited: WaitedTooLong) -> RateExceeded | RoomHeld:
    blocking = waited.refusal.blocking
    if blocking.unit == "calls":
        detail = f"the {blocking.scope} already has as many calls open as its limit allows"
        return RateExceeded(detail, retry_after=_RETRY_HELD_SECONDS)
    return RoomHeld(f"calls in flight hold the {blocking.scope} budget", retry_after=_RETRY_HELD_SECONDS)


def error_of_full_queue() -> RoomHeld:
    return RoomHeld("too many calls already wait for room in the budget", retry_after=_RETRY_HELD_SECONDS * 4)


def _exceeded(blocking: BlockingLimit, windows: CalendarWindows, now: datetime) -> BudgetExceeded:
    left = dollars(blocking.left) if blocking.unit == "nano_usd" else blocking.left
    remaining: dict[str, int | str] = {"usd" if blocking.unit == "nano_usd" else "tokens": left}
    window = windows.of(blocking.period)
    resets_ms = blocking.room_at_ms if window is None else window.end_ms
    if resets_ms is not None:
        resets = datetime.fromtimestamp(resets_ms / 1000, UTC)
        remaining["resets_at"] = resets.isoformat().replace("+00:00", "Z")
        remaining["resets_in_seconds"] = max(0, int((resets - now) / timedelta(seconds=1)))
    detail = f"the call does not fit what is left of the {blocking.scope} budget ({blocking.period})"
    return BudgetExceeded(detail, scope=blocking.scope.value, remaining=remaining)
