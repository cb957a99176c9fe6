"""How long a request may take to come in."""

import pytest

from foundation.http.serving.arrival import (
    LEAST_BYTES_PER_SECOND,
    MAX_BODY_SECONDS,
    MAX_HEAD_BYTES,
    MAX_HEAD_SECONDS,
    Arrival,
    Phase,
)


def test_a_head_has_its_time_however_many_bytes_drip_in() -> None:
    arrival = Arrival(Phase.HEAD, 100.0)
    arrival.framing += 5000
    assert arrival.deadline() == 100.0 + MAX_HEAD_SECONDS


def test_a_body_has_more_time_for_what_it_has_brought() -> None:
    arrival = Arrival(Phase.HEAD, 0.0)
    arrival.enter(Phase.BODY, 100.0)
    assert arrival.deadline() == 100.0 + MAX_BODY_SECONDS
    arrival.body_came(10 * LEAST_BYTES_PER_SECOND)
    assert arrival.deadline() == 100.0 + MAX_BODY_SECONDS + 10.0


def test_a_line_that_is_slow_but_steady_is_never_out_of_time() -> None:
    arrival = Arrival(Phase.HEAD, 0.0)
    arrival.enter(Phase.BODY, 0.0)
    for second in range(1, 1000):
        arrival.body_came(LEAST_BYTES_PER_SECOND)
        assert arrival.deadline() > second


def test_time_in_which_we_did_not_read_is_not_the_sender_s() -> None:
    arrival = Arrival(Phase.HEAD, 0.0)
    arrival.enter(Phase.BODY, 0.0)
    arrival.body_came(5 * LEAST_BYTES_PER_SECOND)
    arrival.held_up(500.0)
    assert arrival.deadline() == 500.0 + MAX_BODY_SECONDS
    arrival.enter(Phase.HEAD, 600.0)
    arrival.held_up(700.0)
    assert arrival.deadline() == 700.0 + MAX_HEAD_SECONDS


@pytest.mark.parametrize(("size", "overlong"), [(MAX_HEAD_BYTES, False), (MAX_HEAD_BYTES + 1, True)])
def test_what_stands_around_a_body_is_bounded_as_a_head_is(size: int, *, overlong: bool) -> None:
    arrival = Arrival(Phase.HEAD, 0.0)
    arrival.framing += size
    assert arrival.is_overlong() is overlong
    arrival.body_came(1)
    assert not arrival.is_overlong()
    arrival.enter(Phase.BODY, 1.0)
    assert (arrival.received, arrival.framing) == (0, 0)
