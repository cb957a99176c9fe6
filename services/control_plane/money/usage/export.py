"""Writes groups of the ledger's sums as CSV, part by part, so that any number of groups takes little memory."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from decimal import Decimal

from control_plane.requests.answers.csv_rows import csv_rows
from foundation.domain.money import dollars
from foundation.storage.ledger.usage import Dimension, UsageGroup

_PART = 5000
"""Groups a transaction: each begins its sums anew, so that a slow reader keeps none open."""

_FIGURES = (
    "attempts",
    "failures",
    "bound_charges",
    "adjustments",
    "input_tokens",
    "cached_input_tokens",
    "cache_write_tokens",
    "output_tokens",
    "reasoning_tokens",
    "total_tokens",
)
_EXAMPLE = (2, 0, 0, 0, 1200, 0, 0, 300, 0, 1500)
"""Of the figures, in their order."""
MEDIA_TYPE = "text/csv; charset=utf-8"


def described(**values: str) -> dict[str, object]:
    """What the API's document says of an export by these dimensions, with an example as one is written."""
    names, row = [*values, *_FIGURES, "cost_usd"], [*values.values(), *_EXAMPLE, Decimal("0.001234")]
    return {"text/csv": {"schema": {"type": "string"}, "example": csv_rows([names, row]).decode()}}


ReadGroups = Callable[[tuple[str, ...] | None, int], Awaitable[list[UsageGroup]]]
"""Reads so many groups after the values of one, or the first ones, in a transaction of its own."""


async def exported(by: Sequence[Dimension], read: ReadGroups) -> AsyncIterator[bytes]:
    """All groups in the order of the dimensions' values, below a line of names."""
    after, head = None, csv_rows([[*by, *_FIGURES, "cost_usd"]])
    while True:
        groups = await read(after, _PART)
        yield head + csv_rows(_row(group) for group in groups)
        if len(groups) < _PART:
            return
        after, head = groups[-1].values, b""


def _row(group: UsageGroup) -> list[object]:
    figures = (getattr(group.sums, name) for name in _FIGURES)
    return [*group.values, *figures, Decimal(dollars(group.sums.cost_nano_usd))]
