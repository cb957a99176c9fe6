"""Amounts of dollars as requests and definitions have them: plain decimal notation, in a text."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from foundation.domain.money import AMOUNT_PATTERN, amount_text, dollars, nano_usd


def _shortest(value: object) -> str:
    return dollars(nano_usd(amount_text(value)))


_SHOWN = Field(
    json_schema_extra={
        "pattern": AMOUNT_PATTERN,
        "description": "decimal dollars as a string, with at most nine places",
        "examples": ["12.50"],
    }
)
DollarsAsSent = Annotated[str, BeforeValidator(amount_text), _SHOWN]
"""An amount as it was written."""
Dollars = Annotated[str, BeforeValidator(_shortest), _SHOWN]
"""An amount in its shortest notation, so that one amount has one text."""
