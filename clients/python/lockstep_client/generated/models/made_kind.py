from enum import StrEnum
from typing import Self


class MadeKind(StrEnum):
    API_KEY = "api_key"
    INVITATION = "invitation"
    KILL_SWITCH = "kill_switch"
    MEMBER = "member"
    ROLE = "role"
    SCHEDULE = "schedule"
    SERVICE_ACCOUNT = "service_account"
    TENANT_DELETION = "tenant_deletion"
    TRIGGER = "trigger"
    WEBHOOK = "webhook"

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
