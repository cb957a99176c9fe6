from enum import StrEnum
from typing import Self


class ListRunStepsFieldsItem(StrEnum):
    ATTEMPT = "attempt"
    CHILD_RUN_ID = "child_run_id"
    COPIED_FROM = "copied_from"
    COST_USD = "cost_usd"
    DURATION_MS = "duration_ms"
    ENDED_AT = "ended_at"
    ERROR = "error"
    EXCUSED = "excused"
    EXPIRED = "expired"
    ID = "id"
    ITEM = "item"
    ITEMS = "items"
    KIND = "kind"
    NAME = "name"
    NEEDS = "needs"
    OUTPUT = "output"
    SKIP_REASON = "skip_reason"
    STARTED_AT = "started_at"
    STATUS = "status"
    TOKENS = "tokens"
    TURN = "turn"

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
