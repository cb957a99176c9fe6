"""A delivery is tried ten times over three days; a receiver that fails rests for minutes at most."""

import pytest

from control_plane.webhook_sending.backoff import MOST_ATTEMPTS, PAUSES, pause_after, rest_after


def test_there_are_ten_attempts_whose_pauses_grow() -> None:
    assert MOST_ATTEMPTS == 10
    assert list(PAUSES) == sorted(PAUSES)
    assert (PAUSES[0], PAUSES[1], PAUSES[-1]) == (5, 300, 86_400)
    for attempts, pause in enumerate(PAUSES, start=1):
        found = [pause_after(attempts) for _ in range(200)]
        assert all(one is not None and 0.8 * pause <= one <= 1.2 * pause for one in found)
        assert len(set(found)) > 100
    assert pause_after(MOST_ATTEMPTS) is None
    assert pause_after(MOST_ATTEMPTS + 1) is None


@pytest.mark.parametrize(
    ("asked", "least", "most"), [(None, 4, 6), (0.0, 4, 6), (3600.0, 3600, 3600), (1e6, 86_400, 86_400)]
)
def test_a_receiver_may_ask_for_more_and_not_for_less(asked: float | None, least: float, most: float) -> None:
    pause = pause_after(1, retry_after=asked)
    assert pause is not None
    assert least <= pause <= most


def test_a_receiver_that_fails_rests_twice_as_long_each_time_up_to_five_minutes() -> None:
    assert [rest_after(failures) for failures in (1, 2, 3, 9, 10, 12, 1000)] == [1, 2, 4, 256, 300, 300, 300]
