"""Why a call was not admitted, in the words of its caller."""

from datetime import UTC, datetime, timedelta

from foundation.domain.errors import BudgetExceeded, Conflict, LeaseLost, LockstepError, QuotaExceeded, RunClosed
from foundation.domain.money import dollars
from llm_gateway.budget.limits.scopes import Windows
from llm_gateway.budget.refusals import (
    Blocked,
    HeldByOthers,
    InProgress,
    RateLimited,
    Refusal,
    RunIsClosed,
    Spent,
    StaleLease,
)
from llm_gateway.budget.waiting import QueueFull, WaitedTooLong
from llm_gateway.refusals.rate_errors import TooFast, too_fast

_RETRY_HELD_SECONDS = 0.5


class CallInProgress(Conflict):
    """The same call is under way; its answer will be there to replay."""

    code = "call_in_progress"
    retryable = True


class RoomHeld(QuotaExceeded):
    """The budget would do, but calls in flight hold it."""

    code = "budget_held"


def refused(refusal: Refusal, *, windows: Windows, now: datetime) -> LockstepError | None:
    """What the caller is told; None of a refusal that is not for the caller."""
    if isinstance(refusal, InProgress):
        return CallInProgress("the same call is in progress", retry_after=0.5)
    if isinstance(refusal, RunIsClosed):
        return RunClosed("the run takes no more calls")
    if isinstance(refusal, StaleLease):
        return LeaseLost("another worker holds the step now")
    if isinstance(refusal, Spent):
        return _exceeded(refusal.blocked, windows, now)
    if isinstance(refusal, RateLimited):
        return too_fast(refusal)
    if isinstance(refusal, HeldByOthers):
        return RoomHeld(f"calls in flight hold the {refusal.blocked.scope} budget", retry_after=_RETRY_HELD_SECONDS)
    return None


def still_held(waited: WaitedTooLong) -> TooFast | RoomHeld:
    blocked = waited.refusal.blocked
    if blocked.unit == "calls":
        detail = f"the {blocked.scope} has as many calls open as it may"
        return TooFast(detail, retry_after=_RETRY_HELD_SECONDS)
    return RoomHeld(f"calls in flight hold the {blocked.scope} budget", retry_after=_RETRY_HELD_SECONDS)


def too_many_wait(_: QueueFull) -> RoomHeld:
    return RoomHeld("too many calls wait for room", retry_after=_RETRY_HELD_SECONDS * 4)


def _exceeded(blocked: Blocked, windows: Windows, now: datetime) -> BudgetExceeded:
    left = dollars(blocked.left) if blocked.unit == "nano_usd" else blocked.left
    remaining: dict[str, int | str] = {"usd" if blocked.unit == "nano_usd" else "tokens": left}
    window = windows.of(blocked.period)
    resets_ms = blocked.room_at_ms if window is None else window.end_ms
    if resets_ms is not None:
        resets = datetime.fromtimestamp(resets_ms / 1000, UTC)
        remaining["resets_at"] = resets.isoformat().replace("+00:00", "Z")
        remaining["resets_in_seconds"] = max(0, int((resets - now) / timedelta(seconds=1)))
    detail = f"the call does not fit what is left of the {blocked.scope} budget ({blocked.period})"
    return BudgetExceeded(detail, scope=blocked.scope.value, remaining=remaining)
