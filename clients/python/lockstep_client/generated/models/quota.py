from enum import StrEnum
from typing import Self


class Quota(StrEnum):
    AGENT_TURNS_A_DAY = "agent_turns_a_day"
    OPEN_RUNS = "open_runs"
    RUNS_A_DAY = "runs_a_day"
    SANDBOX_SECONDS_A_DAY = "sandbox_seconds_a_day"
    STORED_BYTES = "stored_bytes"

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
