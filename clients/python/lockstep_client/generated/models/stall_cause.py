from enum import StrEnum
from typing import Self


class StallCause(StrEnum):
    APPROVAL_OVERDUE = "approval_overdue"
    BUDGET_NEVER_RESETS = "budget_never_resets"
    BUDGET_RETRY_OVERDUE = "budget_retry_overdue"
    CALLBACK_LOST = "callback_lost"
    CYCLE = "cycle"
    ITEMS_MISSING = "items_missing"
    ITEMS_NOT_COLLECTED = "items_not_collected"
    LEASE_LAPSED = "lease_lapsed"
    MESSAGE_LOST = "message_lost"
    NEEDS_MISCOUNTED = "needs_miscounted"
    NEED_FAILED = "need_failed"
    NEED_MISSING = "need_missing"
    NOBODY_MAY_DECIDE = "nobody_may_decide"
    NOT_CLOSED = "not_closed"
    NOT_OPENED = "not_opened"
    NO_WORKER = "no_worker"
    PARENT_NOT_FOLLOWED = "parent_not_followed"
    REQUEST_LOST = "request_lost"
    RUN_OVERDUE = "run_overdue"
    SLOT_NOT_GIVEN = "slot_not_given"
    STEP_OVERDUE = "step_overdue"
    SUB_RUN_LOST = "sub_run_lost"
    SUB_RUN_NOT_COLLECTED = "sub_run_not_collected"
    UNDELIVERED = "undelivered"
    UNEXPLAINED = "unexplained"
    WAKE_LOST = "wake_lost"

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        """Take a word of a newer server as it is: it equals no member, and reads as its text."""
        if not isinstance(value, str):
            return None
        word = str.__new__(cls, value)
        word._name_ = word._value_ = value
        return word

    def __str__(self) -> str:
        return str(self.value)
