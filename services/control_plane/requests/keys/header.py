"""The header `Idempotency-Key` as routes take it."""

from typing import Annotated

from fastapi import Header

from foundation.contracts.accepted.sentences import WrittenAs
from foundation.http.request_limits import MAX_IDEMPOTENCY_KEY

IdempotencyKey = Annotated[
    Annotated[str, WrittenAs(r"^[ -~]+$", "a key is printable ASCII, as in 01890a5d-ac96-774b-bcce-b302099a8057")]
    | None,
    Header(
        min_length=1,
        max_length=MAX_IDEMPOTENCY_KEY,
        description="makes one thing, however often it is sent; printable ASCII, sent once",
    ),
]
