"""A deadlock and a serialization failure are told as what they are, not as a database that is away."""

import psycopg
import pytest

from foundation.domain.errors import DatabaseUnavailable, TransactionCollided
from foundation.storage.session.refusals import in_our_words


@pytest.mark.parametrize("state", ["40001", "40P01"])
def test_a_transaction_that_another_one_stood_against_is_told_so(state: str) -> None:
    with pytest.raises(TransactionCollided) as told, in_our_words():
        raise psycopg.errors.lookup(state)
    assert (told.value.retryable, told.value.retry_after) == (True, 1)
    assert "does not answer" not in told.value.detail


def test_a_connection_that_broke_is_no_collision() -> None:
    with pytest.raises(DatabaseUnavailable) as told, in_our_words():
        raise psycopg.errors.lookup("08006")
    assert not isinstance(told.value, TransactionCollided)


def test_a_standby_is_a_database_that_is_away() -> None:
    with pytest.raises(DatabaseUnavailable), in_our_words():
        raise psycopg.errors.lookup("25006")
