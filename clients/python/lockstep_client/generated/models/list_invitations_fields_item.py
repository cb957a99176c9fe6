from enum import StrEnum
from typing import Self


class ListInvitationsFieldsItem(StrEnum):
    ACCEPTED_AT = "accepted_at"
    ACCEPTED_BY = "accepted_by"
    BY_KEY = "by_key"
    CREATED_AT = "created_at"
    EMAIL = "email"
    EXPIRES_AT = "expires_at"
    ID = "id"
    INVITED_BY = "invited_by"
    REVOKED_AT = "revoked_at"
    ROLE = "role"
    STATUS = "status"

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
