"""Moments as they are told to people and programs: ISO 8601 in UTC, which ends in Z everywhere."""

from datetime import UTC, datetime


def told(at: datetime, *, timespec: str = "auto") -> str:
    """As Pydantic writes a moment into JSON; `timespec` is that of `datetime.isoformat`."""
    return at.astimezone(UTC).isoformat(timespec=timespec).replace("+00:00", "Z")
