from enum import StrEnum
from typing import Self


class ListRunsFieldsItem(StrEnum):
    BUDGET = "budget"
    CREATED_AT = "created_at"
    DEADLINE_AT = "deadline_at"
    ENDED_AT = "ended_at"
    ERROR = "error"
    EXPIRED = "expired"
    FORKED_FROM = "forked_from"
    GENERATION = "generation"
    ID = "id"
    INPUT = "input"
    OUTPUT = "output"
    OVERRIDES = "overrides"
    PARENT_RUN_ID = "parent_run_id"
    PARENT_STEP = "parent_step"
    PAUSE_REASON = "pause_reason"
    PRIORITY = "priority"
    STARTED_AT = "started_at"
    STARTED_BY = "started_by"
    STATUS = "status"
    TASK_ID = "task_id"
    TASK_VERSION = "task_version"
    TRACE_ID = "trace_id"
    USAGE = "usage"
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
