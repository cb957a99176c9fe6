from enum import StrEnum
from typing import Self


class TenantEventType(StrEnum):
    BREAK_GLASS_ENDED = "break_glass.ended"
    BREAK_GLASS_OPENED = "break_glass.opened"
    KILL_SWITCH_ENGAGED = "kill_switch.engaged"
    KILL_SWITCH_LIFTED = "kill_switch.lifted"
    SCHEDULE_FAILING = "schedule.failing"
    SCHEDULE_RECOVERED = "schedule.recovered"

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
