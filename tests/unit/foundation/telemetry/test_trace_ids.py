"""The trace of a request that names one."""

import pytest

from foundation.telemetry.traces import trace_id_of

TRACE = "0af7651916cd43dd8448eb211c80319c"


def test_the_trace_is_read_from_the_header() -> None:
    assert trace_id_of(f"00-{TRACE}-b7ad6b7169203331-01") == TRACE


@pytest.mark.parametrize(
    "traceparent",
    [None, "", "nonsense", TRACE, f"00-{'0' * 32}-b7ad6b7169203331-01", f"00-{'z' * 32}-b7ad6b7169203331-01"],
)
def test_what_is_no_trace_is_none(traceparent: str | None) -> None:
    assert trace_id_of(traceparent) is None
