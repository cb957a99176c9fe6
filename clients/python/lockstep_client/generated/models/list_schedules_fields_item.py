from enum import StrEnum
from typing import Self


class ListSchedulesFieldsItem(StrEnum):
    AT = "at"
    BY_KEY = "by_key"
    CATCH_UP = "catch_up"
    CREATED_AT = "created_at"
    CREATED_BY = "created_by"
    CRON = "cron"
    EVERY_SECONDS = "every_seconds"
    FAILING_SINCE = "failing_since"
    FAILURES = "failures"
    ID = "id"
    INPUT = "input"
    JITTER_SECONDS = "jitter_seconds"
    NAME = "name"
    NEXT_AT = "next_at"
    OVERLAP = "overlap"
    PAUSED = "paused"
    RUNS_AS = "runs_as"
    TASK_ID = "task_id"
    TASK_VERSION = "task_version"
    TIME_ZONE = "time_zone"
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
