"""What the gateway's log has of a call that was refused: a fault of ours is an error, a caller's is for who looks."""

import logging

import pytest

from foundation.domain import errors
from llm_gateway.endpoints import sending


@pytest.mark.parametrize(
    ("error", "level"),
    [
        (errors.BadRequest("no"), logging.DEBUG),
        (errors.QuotaExceeded("later"), logging.DEBUG),
        (errors.DependencyUnavailable("away"), logging.INFO),
        (errors.LockstepError("ours"), logging.ERROR),
    ],
)
def test_a_refusal_is_as_loud_as_whose_fault_it_is(
    error: errors.LockstepError, level: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger=sending.__name__)
    sending.log_refusal(error, {"path": "/v1/models"})
    [record] = [one for one in caplog.records if one.name == sending.__name__]
    assert record.levelno == level
    assert (record.exc_info is not None) == (level == logging.ERROR)


def test_what_the_database_refused_was_logged_where_it_was_sent(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger=sending.__name__)
    sending.log_refusal(errors.DatabaseRefused("no"), {"path": "/v1/models"})
    assert [one.levelno for one in caplog.records if one.name == sending.__name__] == [logging.INFO]
