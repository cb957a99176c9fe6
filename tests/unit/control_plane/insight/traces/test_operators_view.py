"""Which attributes of spans operators see is decided for each of them."""

from control_plane.insight.traces.operators_view import SHOWN, WITHHELD
from foundation.telemetry.spans.record import SpanAttribute


def test_each_attribute_is_shown_to_operators_or_withheld() -> None:
    assert set(SpanAttribute) == SHOWN | WITHHELD
    assert not SHOWN & WITHHELD
