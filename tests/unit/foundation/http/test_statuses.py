"""Which status an error leaves with: its own row's, or that of its nearest ancestor."""

import pytest

from foundation.domain import errors
from foundation.http.statuses import STATUSES, status_of
from llm_gateway.exchange.protocol_errors import MethodNotAllowed, UpgradeRefused
from llm_gateway.wires.errors import describe_error


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.BadRequest("no"), 400),
        (errors.InvalidCursor("no"), 400),
        (errors.InvalidDefinition("no"), 422),
        (errors.PayloadTooLarge("no"), 413),
        (errors.UnsupportedMediaType("no"), 415),
        (errors.Unauthenticated("no"), 401),
        (errors.BudgetExceeded("no", scope="run"), 402),
        (errors.Forbidden("no"), 403),
        (errors.RunClosed("no"), 403),
        (errors.NotFound("no"), 404),
        (errors.Conflict("no"), 409),
        (errors.IllegalTransition("no"), 409),
        (errors.LeaseLost("no"), 409),
        (errors.VersionMismatch("no"), 412),
        (errors.VersionRequired("no"), 428),
        (errors.IdempotencyConflict("no"), 422),
        (errors.QuotaExceeded("no"), 429),
        (errors.DependencyUnavailable("no"), 503),
        (errors.DatabaseBusy("no"), 503),
        (errors.TransactionCollided("no"), 503),
        (errors.LockstepError("no"), 500),
        (errors.DatabaseRefused("no"), 500),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_every_service_gives_an_error_the_same_status(error: errors.LockstepError, status: int) -> None:
    assert status_of(error) == status
    assert describe_error(error).status == status


def test_the_gateway_adds_rows_for_what_only_it_raises() -> None:
    assert describe_error(MethodNotAllowed("GET", "/v1/responses", allowed=("POST",))).status == 405
    assert describe_error(UpgradeRefused("no")).status == 426


def test_every_error_has_a_row_above_it() -> None:
    assert errors.LockstepError in STATUSES
