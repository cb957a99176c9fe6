from enum import StrEnum
from typing import Self


class ListAuditFieldsItem(StrEnum):
    ACTION = "action"
    ACTOR = "actor"
    AT = "at"
    DETAIL = "detail"
    HASH = "hash"
    ID = "id"
    IP = "ip"
    OPERATION = "operation"
    OUTCOME = "outcome"
    POSITION = "position"
    REQUEST_ID = "request_id"
    STATUS = "status"
    TARGET = "target"
    TRACE_ID = "trace_id"
    USER_AGENT = "user_agent"

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
