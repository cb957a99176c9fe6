from enum import StrEnum
from typing import Self


class ListWebhooksFieldsItem(StrEnum):
    BY_KEY = "by_key"
    CREATED_AT = "created_at"
    CREATED_BY = "created_by"
    DISABLED_REASON = "disabled_reason"
    EVENTS = "events"
    FAILING_SINCE = "failing_since"
    FAILURES = "failures"
    ID = "id"
    NAME = "name"
    PREVIOUS_SECRET_UNTIL = "previous_secret_until"
    STATUS = "status"
    UPDATED_AT = "updated_at"
    URL = "url"
    VERSION = "version"

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
