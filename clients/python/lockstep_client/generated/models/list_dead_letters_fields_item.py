from enum import StrEnum
from typing import Self


class ListDeadLettersFieldsItem(StrEnum):
    ATTEMPTS = "attempts"
    CAUSE = "cause"
    DIED_AT = "died_at"
    ENDED_AT = "ended_at"
    ENDED_BY = "ended_by"
    ERROR = "error"
    ID = "id"
    REASON = "reason"
    RECEIVE_COUNT = "receive_count"
    RUN_ID = "run_id"
    STATUS = "status"
    STEP = "step"
    STEP_ID = "step_id"

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
