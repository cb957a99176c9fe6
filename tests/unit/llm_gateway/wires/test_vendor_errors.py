"""An error has the type that each vendor's clients know for its status."""

import json
from typing import Any

import pytest

from llm_gateway.exchange.failures import Billing, UpstreamFailed
from llm_gateway.wires.base import Wire
from llm_gateway.wires.errors import ErrorDescription
from llm_gateway.wires.messages.wire import WIRE as MESSAGES
from llm_gateway.wires.openai.errors import error_document


def refused(status: int) -> UpstreamFailed:
    return UpstreamFailed(
        "upstream_refused", billing=Billing.NONE, retryable=False, trips_breaker=False, status=status, message="no"
    )


def error_of(wire: Wire, status: int) -> dict[str, Any]:
    answer = wire.error_answer(refused(status), "req-1")
    assert answer.status == status
    document = json.loads(answer.body)
    assert document["request_id"] == "req-1"
    return dict(document["error"])


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "invalid_request_error"),
        (401, "authentication_error"),
        (402, "insufficient_quota"),
        (404, "invalid_request_error"),
        (409, "conflict_error"),
        (429, "rate_limit_error"),
        (499, "invalid_request_error"),
        (500, "server_error"),
        (501, "server_error"),
    ],
)
def test_openais_clients_read_its_types(status: int, kind: str) -> None:
    document = error_document(ErrorDescription(status, "code", "words", parameter="model", more={"scope": "run"}))
    assert document == {"message": "words", "type": kind, "param": "model", "code": "code", "scope": "run"}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "invalid_request_error"),
        (402, "billing_error"),
        (404, "not_found_error"),
        (413, "request_too_large"),
        (499, "invalid_request_error"),
        (500, "api_error"),
        (503, "overloaded_error"),
    ],
)
def test_anthropics_clients_read_its_types(status: int, kind: str) -> None:
    error = error_of(MESSAGES, status)
    assert (error["type"], error["message"], error["code"]) == (kind, "no", "upstream_refused")
    assert "param" not in error
