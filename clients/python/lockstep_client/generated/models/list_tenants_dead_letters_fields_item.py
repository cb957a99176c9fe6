from enum import StrEnum
from typing import Self


class ListTenantsDeadLettersFieldsItem(StrEnum):
    ATTEMPTS = "attempts"
    CAUSE = "cause"
    DIED_AT = "died_at"
    ENDED_AT = "ended_at"
    ID = "id"
    RECEIVE_COUNT = "receive_count"
    RUN_ID = "run_id"
    STATUS = "status"
    STEP_ID = "step_id"
    TENANT_ID = "tenant_id"

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
