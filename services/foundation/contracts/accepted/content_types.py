"""The media type of a file, checked by its grammar (RFC 9110, 8.3.1), which is ASCII."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_QUOTED = r'"(?:[\t !#-\[\]-~]|\\[\t -~])*"'
PATTERN = rf"^{_NAME}/{_NAME}(?:[ \t]*;[ \t]*{_NAME}=(?:{_NAME}|{_QUOTED}))*$"

_MEDIA_TYPE = re.compile(PATTERN)
MAX_LENGTH = 255


def valid_content_type(text: str) -> str:
    """The text, if it is a media type; raises `ValueError` with the reason otherwise."""
    if len(text) > MAX_LENGTH or not _MEDIA_TYPE.fullmatch(text):
        raise ValueError(
            f"a content type is like text/csv: ASCII, with parameters or not, {MAX_LENGTH} characters at most"
        )
    return text


ContentType = Annotated[
    str, AfterValidator(valid_content_type), Field(json_schema_extra={"pattern": PATTERN, "maxLength": MAX_LENGTH})
]


def media_type(content_type: str) -> str:
    """The type without its parameters."""
    return content_type.partition(";")[0].strip().lower()
