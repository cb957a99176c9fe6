from enum import StrEnum
from typing import Self


class ListTenantsLinesFieldsItem(StrEnum):
    RUNNING = "running"
    TENANT_ID = "tenant_id"
    WAITING_FOR_RESOURCES = "waiting_for_resources"
    WAITING_FOR_SLOTS = "waiting_for_slots"
    WAITING_SINCE = "waiting_since"

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
