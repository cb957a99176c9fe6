from enum import StrEnum
from typing import Self


class RefusalReason(StrEnum):
    KILL_SWITCH = "kill_switch"
    NOT_PERMITTED = "not_permitted"
    OPEN_RUNS = "open_runs"
    PAUSED = "paused"
    PAYLOAD_REFUSED = "payload_refused"
    QUOTA = "quota"
    TASK_GONE = "task_gone"
    TASK_REFUSED = "task_refused"
    TENANT_SUSPENDED = "tenant_suspended"

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
