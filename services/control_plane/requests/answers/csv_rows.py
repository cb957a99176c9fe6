"""Rows as CSV that a spreadsheet shows and does not run."""

import csv
import io
import json
from collections.abc import Iterable
from decimal import Decimal

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_rows(rows: Iterable[Iterable[object]]) -> bytes:
    """The rows, each value as a cell: numbers exactly, objects as JSON, None as nothing."""
    written = io.StringIO()
    csv.writer(written).writerows([_cell(value) for value in row] for row in rows)
    return written.getvalue().encode()


def _cell(value: object) -> str:
    """A text that a spreadsheet takes for a formula gets an apostrophe before it, which shows it as text."""
    if value is None:
        return ""
    if isinstance(value, int | Decimal):
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    shown = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
