"""Large bodies share the memory that is meant for them, and give it back."""

import pytest

from llm_gateway.endpoints.room import BodyRoom
from llm_gateway.exchange.protocol_errors import TooManyLargeBodies


def test_a_body_for_which_there_is_no_room_may_come_again_when_another_is_answered() -> None:
    room = BodyRoom(most_bytes=100)
    room.take(60)
    with pytest.raises(TooManyLargeBodies) as refused:
        room.take(60)
    assert (refused.value.retryable, refused.value.retry_after) == (True, 1)
    room.give_back(60)
    room.take(60)


def test_a_body_above_all_of_it_is_taken_when_it_is_alone() -> None:
    room = BodyRoom(most_bytes=100)
    room.take(200)
    with pytest.raises(TooManyLargeBodies):
        room.take(1)
