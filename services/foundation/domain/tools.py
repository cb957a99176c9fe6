"""What running a tool twice would mean, and what becomes of a call of which nobody knows what it did."""

from enum import StrEnum


class ToolEffect(StrEnum):
    """`pure` may run again, `keyed` carries our idempotency key, `once` is never repeated when its end is unknown."""

    PURE = "pure"
    KEYED = "keyed"
    ONCE = "once"


class OutcomeDecision(StrEnum):
    """What is done about a call that was started and whose outcome is unknown.

    It is made once more, or is taken to have happened, or fails its step.
    """

    RETRY = "retry"
    ACCEPT = "accept"
    FAIL = "fail"


class UnknownOutcomePolicy(StrEnum):
    """Who decides about such a call: a person is asked, or the definition has decided before."""

    ASK = "ask"
    RETRY = "retry"
    ACCEPT = "accept"
    FAIL = "fail"
