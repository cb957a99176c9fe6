"""A process that serves requests does not have the collector walk what lives as long as the process."""

import gc
from collections.abc import Iterator

import pytest

from foundation.http.serving.collector import spare_the_collector


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


def test_what_there_is_when_serving_begins_is_not_walked_again() -> None:
    there: list[object] = [[] for _ in range(100)]
    spare_the_collector()
    walked = {id(one) for one in gc.get_objects()}
    assert not walked & {id(one) for one in there}


def test_cycles_of_requests_are_still_collected_later() -> None:
    spare_the_collector()
    cycle: list[object] = []
    cycle.append(cycle)
    del cycle
    assert gc.isenabled()
    assert gc.collect() >= 1
