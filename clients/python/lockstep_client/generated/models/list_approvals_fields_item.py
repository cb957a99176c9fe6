from enum import StrEnum
from typing import Self


class ListApprovalsFieldsItem(StrEnum):
    CALL = "call"
    COMMENT = "comment"
    DATA = "data"
    DECIDED_BY = "decided_by"
    ENDED_AT = "ended_at"
    EXPIRED = "expired"
    EXPIRES_AT = "expires_at"
    FORM = "form"
    ID = "id"
    MESSAGE = "message"
    ON_EXPIRY = "on_expiry"
    REQUESTED_AT = "requested_at"
    ROLES = "roles"
    RUN_ID = "run_id"
    STATUS = "status"
    STEP = "step"
    STEP_ID = "step_id"
    USERS = "users"
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
