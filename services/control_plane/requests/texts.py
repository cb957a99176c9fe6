"""Texts that people read, addresses of e-mail, moments and days, as requests take them."""

import re
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

from foundation.contracts.accepted.shown_text import hidden_in_lines, hidden_in_name, mixed_alphabets_in

# ASCII alone: letters that look like others would make an address that somebody else has verified.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,189}\.[A-Za-z]{2,63}")

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d([.,]\d+)?)?([Zz]|[+-]\d\d:?\d\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _shown(text: str) -> str:
    if why := hidden_in_name(text):
        raise ValueError(why)
    return text


def _shown_or_empty(text: str) -> str:
    if text and (why := hidden_in_lines(text)):
        raise ValueError(why)
    return text


def _unmistakable(text: str) -> str:
    if why := mixed_alphabets_in(text):
        raise ValueError(why)
    return _shown(text)


def _kept_or_given(value: object) -> object:
    if value is None:
        raise ValueError("it cannot be null; leave it out to keep what there is")
    return value


def _moment(value: object) -> object:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ValueError("write a moment with its offset from UTC, such as 2027-01-31T12:00:00Z")
    return value


def _within_the_calendar(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("the moment lies beyond the ends of the calendar") from error


def _day(value: object) -> object:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("write a day as year-month-day, such as 2027-01-31")
    return value


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text) or ".." in text:
        raise ValueError("this is no address of e-mail; write one like ann@example.com")
    return text.lower()


Name = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_shown)]
"""In one line, with something to be seen."""
RightsName = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_unmistakable)]
"""Of what gives rights, so that nobody takes it for another: without letters of several alphabets in one word."""
SHOWN_LINES = AfterValidator(_shown_or_empty)
"""Of a text of several lines that people read: nothing in it is hidden."""
Description = Annotated[str, Field(max_length=500), SHOWN_LINES]
"""In several lines, or empty."""
Email = Annotated[str, Field(min_length=5, max_length=254), AfterValidator(_address)]
"""In small letters, as addresses are compared."""
KeptOrGiven = BeforeValidator(_kept_or_given)
"""For a member of a change that means nothing where it is null."""
Moment = Annotated[AwareDatetime, BeforeValidator(_moment), AfterValidator(_within_the_calendar)]
"""As people write it, never as a number that somebody has to guess; in UTC."""
Day = Annotated[date, BeforeValidator(_day)]
