"""When to send a request again, in each form in which a server says it."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from foundation.http.retry_after import seconds_until_retry


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "30"}, 30.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"retry-after-ms": "-5"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "nan"}, None),
        ({"retry-after-ms": "soon", "retry-after": "3"}, 3.0),
        ({"retry-after-ms": "soon"}, None),
    ],
)
def test_seconds_milliseconds_and_nonsense(headers: dict[str, str], seconds: float | None) -> None:
    assert seconds_until_retry(headers) == seconds


def test_a_date_is_counted_from_now_and_a_past_one_is_now() -> None:
    hour = timedelta(hours=1)
    later = format_datetime(datetime.now(UTC) + hour, usegmt=True)
    assert 3500 < (seconds_until_retry({"retry-after": later}) or 0) <= 3600
    assert seconds_until_retry({"retry-after": format_datetime(datetime.now(UTC) - hour, usegmt=True)}) == 0
