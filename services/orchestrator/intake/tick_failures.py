"""Turns an error that an engine raised into its tick's failure: its code, and whether another attempt may help."""

from foundation.contracts.expressions.evaluation import ExpressionError
from foundation.domain.errors import DependencyUnavailable, LockstepError
from foundation.domain.failures import FailureCode
from orchestrator.work import TickFailed


def is_unexpected(error: Exception) -> bool:
    """Whether the error is a fault of our own code, which must be logged with its traceback."""
    return not isinstance(error, TimeoutError | ExpressionError | LockstepError)


def timed_out(timeout_seconds: int) -> TickFailed:
    detail = f"the step's {timeout_seconds} s are over; raise its timeout_seconds, or give it less to do"
    return TickFailed(FailureCode.STEP_TIMED_OUT, detail)


def failure_of(error: Exception, *, timeout_seconds: int) -> TickFailed:
    """The failure of a tick in which this was raised; `timeout_seconds` is the time that its step has."""
    match error:
        case TimeoutError():
            return timed_out(timeout_seconds)
        case ExpressionError():
            return TickFailed(FailureCode.EXPRESSION_FAILED, str(error))
        case DependencyUnavailable():
            return TickFailed(error.code, error.detail, retryable=True, retry_after=error.retry_after)
        case LockstepError():
            return TickFailed(error.code, error.detail, retryable=error.retryable)
        case _:
            # A fault of our own code repeats with every attempt; only an error of the network or the machine may pass.
            detail = f"unexpected {type(error).__name__}; it was logged"
            return TickFailed(FailureCode.INTERNAL, detail, retryable=isinstance(error, OSError))
