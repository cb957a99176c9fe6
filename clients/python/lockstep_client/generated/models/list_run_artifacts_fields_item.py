from enum import StrEnum
from typing import Self


class ListRunArtifactsFieldsItem(StrEnum):
    CONTENT_TYPE = "content_type"
    CREATED_AT = "created_at"
    EXPIRED_AT = "expired_at"
    ID = "id"
    NAME = "name"
    RUN_ID = "run_id"
    SHA256 = "sha256"
    SIZE = "size"
    STATUS = "status"
    STEP_ID = "step_id"
    URL = "url"

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
