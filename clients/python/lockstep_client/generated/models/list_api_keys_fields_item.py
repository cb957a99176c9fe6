from enum import StrEnum
from typing import Self


class ListApiKeysFieldsItem(StrEnum):
    CREATED_AT = "created_at"
    CREATED_BY = "created_by"
    EXPIRES_AT = "expires_at"
    HINT = "hint"
    ID = "id"
    KNOWN_TO = "known_to"
    LAST_USED_AT = "last_used_at"
    NAME = "name"
    PERMISSIONS = "permissions"
    PREVIOUS_VALID_UNTIL = "previous_valid_until"
    REVOKED_AT = "revoked_at"
    SCOPES = "scopes"
    USER_ID = "user_id"
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
