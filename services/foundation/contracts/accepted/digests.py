"""Digests as they are written."""

from typing import Annotated

from foundation.contracts.accepted.sentences import WrittenAs

Sha256 = Annotated[
    str,
    WrittenAs(r"[0-9a-f]{64}", "a SHA-256 digest is 64 digits from 0 to 9 and a to f, as sha256sum prints it"),
]
