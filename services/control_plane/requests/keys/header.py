"""The header `Idempotency-Key` as routes take it."""

from typing import Annotated

from fastapi import Header

from foundation.http.request_limits import MAX_IDEMPOTENCY_KEY

IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=MAX_IDEMPOTENCY_KEY,
        pattern=r"^[ -~]+$",
        description="makes one thing, however often it is sent; printable ASCII, sent once",
    ),
]
