"""What a run token may say of the runs above its own, and of caps."""

from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from foundation.contracts.gateway.run_token import Ancestor, RunClaims
from foundation.domain.ids import new_uuid
from foundation.domain.money import MAX_AMOUNT, BudgetLimit

RUN, ABOVE = new_uuid(), new_uuid()


def claims(**changed: Any) -> RunClaims:
    given = {
        "tenant_id": new_uuid(),
        "user_id": None,
        "run_id": RUN,
        "step_id": new_uuid(),
        "generation": 1,
        "fence": 1,
    }
    return RunClaims.model_validate({**given, **changed})


def above(*run_ids: UUID) -> list[dict[str, Any]]:
    return [{"run_id": run_id, "generation": 1} for run_id in run_ids]


def test_a_token_without_runs_above_reads_as_before() -> None:
    assert claims().ancestors == ()


def test_the_runs_above_keep_their_order_and_caps_on_the_way() -> None:
    outer = {"run_id": str(ABOVE), "generation": 3, "caps": {"tokens": 5, "nano_usd": MAX_AMOUNT}}
    token = claims(ancestors=[outer, *above(*(new_uuid() for _ in range(7)))])
    assert RunClaims.model_validate(token.model_dump(mode="json")) == token
    assert token.ancestors[0] == Ancestor(run_id=ABOVE, generation=3, caps=BudgetLimit(tokens=5, nano_usd=MAX_AMOUNT))


@pytest.mark.parametrize(
    "ancestors",
    [
        above(RUN),
        above(ABOVE, ABOVE),
        above(*(new_uuid() for _ in range(9))),
        [{"run_id": str(ABOVE), "generation": 0}],
    ],
    ids=["its own", "one twice", "nine", "generation 0"],
)
def test_runs_above_that_mean_nothing_are_refused(ancestors: list[dict[str, Any]]) -> None:
    with pytest.raises(ValidationError):
        claims(ancestors=ancestors)


@pytest.mark.parametrize("amount", [-1, MAX_AMOUNT + 1])
def test_a_cap_beyond_what_counters_are_exact_to_is_refused(amount: int) -> None:
    with pytest.raises(ValidationError):
        claims(caps={"run": {"tokens": amount}})
    with pytest.raises(ValidationError):
        claims(caps={"step": {"nano_usd": amount}})


def test_a_cap_is_two_members_of_the_token_and_no_third_is_accepted() -> None:
    token = claims(caps={"run": {"tokens": 5}})
    assert token.model_dump(mode="json")["caps"]["run"] == {"tokens": 5, "nano_usd": None}
    with pytest.raises(ValidationError):
        claims(caps={"run": {"tokens": 5, "usd": 1}})
