from enum import StrEnum
from typing import Self


class ListTriggersFieldsItem(StrEnum):
    BY_KEY = "by_key"
    CALLS_PER_MINUTE = "calls_per_minute"
    CREATED_AT = "created_at"
    CREATED_BY = "created_by"
    ID = "id"
    INPUT = "input"
    NAME = "name"
    PATH = "path"
    PAUSED = "paused"
    PAYLOAD_AS = "payload_as"
    PAYLOAD_FORM = "payload_form"
    PREVIOUS_SECRET_UNTIL = "previous_secret_until"
    RUNS_AS = "runs_as"
    TASK_ID = "task_id"
    TASK_VERSION = "task_version"
    UPDATED_AT = "updated_at"
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
