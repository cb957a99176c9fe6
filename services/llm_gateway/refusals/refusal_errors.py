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
    usual_remedy = "send it again in a moment: its answer is then given again, and costs nothing more"


class RoomHeld(QuotaExceeded):
    """The budget would be enough, but calls in flight hold what is left of it."""

    code = "budget_held"
    usual_remedy = "send it again in a moment, or ask for a shorter answer"


def error_of_refusal(refusal: ReservationRefused, *, windows: CalendarWindows, now: datetime) -> LockstepError | None:
    """The error that the caller reads; None for a refusal that the gateway answers itself by another try."""
    if isinstance(refusal, CallUnderWay):
        return CallInProgress("a call with this key is under way", retry_after=0.5)
    if isinstance(refusal, RunIsClosed):
        return RunClosed("the run has ended and takes no more calls")
    if isinstance(refusal, StaleLease):
        return LeaseLost("the run token is out of date, because a later holder of the step has called")
    if isinstance(refusal, BudgetSpent):
        return _exceeded(refusal.blocking, windows, now)
    if isinstance(refusal, WindowFull):
        return error_of_full_window(refusal)
    if isinstance(refusal, RoomHeldByOthers):
        return _held(refusal.blocking)
    return None


def error_of_wait(waited: WaitedTooLong) -> RateExceeded | RoomHeld:
    blocking = waited.refusal.blocking
    if blocking.unit == "calls":
        detail = f"the {blocking.scope} already has as many calls open as its limit allows"
        return RateExceeded(detail, retry_after=_RETRY_HELD_SECONDS)
    return _held(blocking)


def error_of_full_queue() -> RoomHeld:
    return RoomHeld("too many calls already wait for room in the budget", retry_after=_RETRY_HELD_SECONDS * 4)


def _held(blocking: BlockingLimit) -> RoomHeld:
    detail = f"calls in flight hold what the {blocking.scope} budget has left"
    return RoomHeld(detail, retry_after=_RETRY_HELD_SECONDS)


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
    remedy = None if resets_ms is None else f"wait until the budget has room again, or {BudgetExceeded.usual_remedy}"
    return BudgetExceeded(
        detail, scope=blocking.scope.value, remaining=remaining, budget=_figures(blocking), remedy=remedy
    )


def _figures(blocking: BlockingLimit) -> dict[str, int | str]:
    """How the limit stood: money in dollars, as everywhere."""
    if (stood := blocking.figures) is None:
        return {}
    is_money = blocking.unit == "nano_usd"

    def shown(value: int) -> int | str:
        return dollars(value) if is_money else value

    return {
        "period": blocking.period.value,
        "unit": "usd" if is_money else blocking.unit,
        "limit": shown(stood.limit),
        "spent": shown(stood.spent),
        "held": shown(stood.held),
        "asked": shown(stood.asked),
    }
