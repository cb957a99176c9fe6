from enum import StrEnum
from typing import Self


class ListScheduleFiringsFieldsItem(StrEnum):
    DECIDED_AT = "decided_at"
    DETAIL = "detail"
    FIRES_AT = "fires_at"
    REASON = "reason"
    RUN_ID = "run_id"
    RUN_STATUS = "run_status"
    STARTS_AT = "starts_at"
    STATUS = "status"

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
