"""What an approval step asks is shown as it is, or the step fails with the place."""

from typing import Any

import pytest

from fixtures.running.works import a_work
from foundation.contracts.expressions.evaluation import ExpressionError
from foundation.domain.states import ExpiryPolicy
from orchestrator.engines.approval.engine import ApprovalEngine
from orchestrator.work import ApprovalAsked, Work


def asking(message: str, value: Any = None, **members: Any) -> Work:
    step = {"name": "review", "kind": "approval", "message": message, **members}
    return a_work(step, data={"input": {"value": value}, "steps": {}})


async def asked(work: Work) -> ApprovalAsked:
    outcome = await ApprovalEngine().run(work)
    assert isinstance(outcome, ApprovalAsked)
    return outcome


async def test_a_request_has_the_message_and_the_terms_of_the_step() -> None:
    user = "019a0000-0000-7000-8000-000000000000"
    terms = {"roles": ["admin"], "users": [user], "expires_in": 60, "on_expiry": "reject", "form": {"type": "object"}}
    request = (await asked(asking("Pay ${input.value}?\n\tNow?", 12, **terms))).requests[0]
    assert (request.message, request.roles, [str(one) for one in request.users]) == (
        "Pay 12?\n\tNow?", ("admin",), [user],
    )  # fmt: skip
    assert (request.expires_in, request.on_expiry, request.form) == (60, ExpiryPolicy.REJECT, {"type": "object"})


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (None, "is null"),
        ("", "an empty text"),
        (" \n ", "an empty text"),
        ("pay \u001b[8m1000\u001b[0m", "U+001B"),
        ("pay \u202e0001", "U+202E"),
        ("a\rb", "U+000D"),
        ("x" * 32_769, "32769 characters"),
    ],
)
async def test_a_message_that_would_not_be_shown_as_it_is_fails_with_its_place(value: Any, why: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        await ApprovalEngine().run(asking("${input.value}", value))
    assert str(refused.value).startswith("/message")
    assert why in str(refused.value)
