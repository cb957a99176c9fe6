from enum import StrEnum
from typing import Self


class ListDeliveriesFieldsItem(StrEnum):
    ANSWERED_IN_MS = "answered_in_ms"
    ANSWER_STATUS = "answer_status"
    ATTEMPTS = "attempts"
    CREATED_AT = "created_at"
    ENDED_AT = "ended_at"
    ERROR = "error"
    ID = "id"
    MESSAGE_ID = "message_id"
    NEXT_AT = "next_at"
    RUN_ID = "run_id"
    STATUS = "status"
    TYPE = "type"

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
