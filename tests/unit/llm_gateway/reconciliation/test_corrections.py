"""What a report corrects: exactly the difference, once, and only what it may."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from foundation.domain.ids import new_uuid
from llm_gateway.reconciliation.corrections import find_corrections

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def an_attempt(**changed: Any) -> dict[str, Any]:
    """Charged 100 tokens and 500 nano-dollars at its bound, billed 30 and 120."""
    return {
        "tenant_id": new_uuid(),
        "event_day": date(2026, 11, 21),
        "event_id": new_uuid(),
        "user_id": new_uuid(),
        "api_key_id": None,
        "run_id": new_uuid(),
        "step_id": new_uuid(),
        "generation": 1,
        "fence": 1,
        "ancestor_run_ids": [],
        "call_key": None,
        "request_id": new_uuid(),
        "reason": "first",
        "bound_kind": "strict",
        "attempt": 1,
        "dialect": "chat",
        "route": "default",
        "provider": "simulated",
        "model": "m",
        "price_version": "v",
        "usage_source": "bound",
        "started_at": NOW,
        "settled_at": NOW,
        "input_tokens": 60,
        "cached_input_tokens": 0,
        "output_tokens": 40,
        "total_tokens": 100,
        "cost_nano_usd": 500,
        "provider_request_id": "r",
        "billed_input": 20,
        "billed_cached": 0,
        "billed_output": 10,
        "billed_nano_usd": 120,
        **changed,
    }


UNREPORTED = {
    "billed_input": None,
    "billed_cached": None,
    "billed_output": None,
    "billed_nano_usd": None,
    "provider_request_id": None,
}


def test_a_charge_becomes_what_was_billed_in_all_scopes_of_the_attempt() -> None:
    attempt = an_attempt()
    [found] = find_corrections([attempt], unbilled=())
    assert (found.by.tokens, found.by.nano_usd) == (-70, -380)
    assert (found.event.kind, found.event.adjusts_event_id) == ("adjustment", attempt["event_id"])
    assert (found.event.input_tokens, found.event.output_tokens, found.event.total_tokens) == (-40, -30, -70)
    kinds = [scope.key.split(":")[4] for scope in found.scopes.scopes]
    assert kinds == ["tenant", "user", "run", "step"]
    assert [scope.windowed for scope in found.scopes.scopes] == [True, True, False, False]


def test_a_correction_reaches_the_runs_above_and_belongs_to_the_moment_of_its_attempt() -> None:
    above = [new_uuid(), new_uuid()]
    attempt = an_attempt(ancestor_run_ids=above, settled_at=NOW + timedelta(milliseconds=7, microseconds=900))
    [found] = find_corrections([attempt], unbilled=())
    runs = [scope.key.split(":")[5] for scope in found.scopes.scopes if scope.key.split(":")[4] == "run"]
    assert runs == [str(run_id) for run_id in (*above, attempt["run_id"])]
    assert found.event.ancestor_run_ids == tuple(above)
    assert found.corrects_ms == int(NOW.timestamp()) * 1000 + 7
    # the ledger takes the moment of its stream entry
    assert found.event.settled_at is None


def test_what_agrees_is_left_alone_and_a_low_charge_goes_up() -> None:
    agreed = an_attempt(total_tokens=30, cost_nano_usd=120)
    low = an_attempt(total_tokens=30, cost_nano_usd=100, usage_source="provider")
    [found] = find_corrections([agreed, low], unbilled=())
    assert found.by.nano_usd == 20


def test_the_same_correction_has_the_same_id_and_a_later_one_another() -> None:
    attempt = an_attempt()
    [first] = find_corrections([attempt], unbilled=())
    [again] = find_corrections([attempt], unbilled=())
    [later] = find_corrections([{**attempt, "cost_nano_usd": 120, "billed_nano_usd": 130}], unbilled=())
    assert first.event.event_id == again.event.event_id != later.event.event_id


@pytest.mark.parametrize(
    ("source", "named", "by"), [("bound", True, -500), ("bound", False, None), ("provider", True, None)]
)
def test_only_a_bound_that_is_known_to_be_unbilled_goes_down_to_nothing(
    source: str, by: int | None, *, named: bool
) -> None:
    attempt = an_attempt(usage_source=source, **UNREPORTED)
    found = find_corrections([attempt], unbilled={attempt["event_id"]} if named else ())
    assert [one.by.nano_usd for one in found] == ([] if by is None else [by])
