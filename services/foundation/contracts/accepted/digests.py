"""Digests as they are written."""

from typing import Annotated

from pydantic import Field

from foundation.contracts.accepted.sentences import written_as

Sha256 = Annotated[
    str,
    written_as(r"[0-9a-f]{64}", "a SHA-256 digest is 64 digits from 0 to 9 and a to f, as sha256sum prints it"),
    Field(json_schema_extra={"pattern": "^[0-9a-f]{64}$"}),
]
