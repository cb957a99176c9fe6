"""Computes the adjustments that make the ledger's charges equal to what a provider billed."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from foundation.contracts.gateway.budget_policy import BoundKind
from foundation.contracts.gateway.ledger import AttemptReason, ScopeKind
from foundation.domain.budget_scopes import day_label, month_label
from foundation.domain.money import Amount
from llm_gateway.accounting.usage_event import UsageEvent
from llm_gateway.budget.redis import keys
from llm_gateway.budget.reservation import Reservation, ScopeKey

_REPORT = UUID("0c3d1f62-2c4e-5a53-8f5b-8f6a6b1f5a77")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LedgerCorrection:
    """One adjustment event, the scopes in which it counts, and when what it corrects was committed."""

    event: UsageEvent
    by: Amount
    scopes: Reservation
    corrects_ms: int
    is_above_bound: bool
    """Whether an attempt that was charged at its bound was billed for more."""


def find_corrections(rows: Iterable[Mapping[str, Any]], *, unbilled: Collection[UUID]) -> list[LedgerCorrection]:
    """An adjustment for each attempt whose charges so far differ from what was billed.

    `rows` are attempts with the sums charged and, where the report names them, what was billed. An attempt that was
    charged at its bound, that the report does not name and that is among the `unbilled` goes down to nothing.
    """
    corrections = []
    for row in rows:
        billed = _billed_amounts(row, unbilled=unbilled)
        if billed is None:
            continue
        change = {name: billed[name] - row[name] for name in billed}
        if change["cost_nano_usd"] or change["total_tokens"]:
            corrections.append(_make_correction(row, change))
    return corrections


def _billed_amounts(row: Mapping[str, Any], *, unbilled: Collection[UUID]) -> dict[str, int] | None:
    if row["billed_nano_usd"] is not None:
        return {
            "input_tokens": row["billed_input"],
            "cached_input_tokens": row["billed_cached"],
            "output_tokens": row["billed_output"],
            "total_tokens": row["billed_input"] + row["billed_output"],
            "cost_nano_usd": row["billed_nano_usd"],
        }
    if row["usage_source"] == "bound" and row["event_id"] in unbilled:
        names = ("input_tokens", "cached_input_tokens", "output_tokens", "total_tokens", "cost_nano_usd")
        return dict.fromkeys(names, 0)
    return None


def _make_correction(row: Mapping[str, Any], change: dict[str, int]) -> LedgerCorrection:
    # The corrected amounts are part of the id, so that a report that changes later makes another adjustment.
    target = f"{row['event_id']}:{row['cost_nano_usd'] + change['cost_nano_usd']}:{row['cost_nano_usd']}"
    event = _make_event(row, change, identity=uuid5(_REPORT, target))
    settled_at: datetime = row["settled_at"]
    return LedgerCorrection(
        event=event,
        by=Amount(change["total_tokens"], change["cost_nano_usd"]),
        scopes=_scopes_of(row, event),
        corrects_ms=(settled_at - _EPOCH) // timedelta(milliseconds=1),
        is_above_bound=row["usage_source"] == "bound" and max(change["total_tokens"], change["cost_nano_usd"]) > 0,
    )


def _make_event(row: Mapping[str, Any], change: dict[str, int], *, identity: UUID) -> UsageEvent:
    return UsageEvent(
        tenant_id=row["tenant_id"],
        event_day=row["event_day"],
        event_id=identity,
        kind="adjustment",
        adjusts_event_id=row["event_id"],
        request_id=row["request_id"],
        attempt=row["attempt"],
        reason=AttemptReason(row["reason"]),
        bound_kind=BoundKind(row["bound_kind"]),
        dialect=row["dialect"],
        route=row["route"],
        provider=row["provider"],
        model=row["model"],
        status="adjusted",
        usage_source="report",
        price_version=row["price_version"],
        started_at=row["started_at"],
        user_id=row["user_id"],
        api_key_id=row["api_key_id"],
        run_id=row["run_id"],
        step_id=row["step_id"],
        generation=row["generation"],
        fence=row["fence"],
        ancestor_run_ids=tuple(row["ancestor_run_ids"]),
        call_key=row["call_key"],
        provider_request_id=row["provider_request_id"],
        input_tokens=change["input_tokens"],
        cached_input_tokens=change["cached_input_tokens"],
        output_tokens=change["output_tokens"],
        total_tokens=change["total_tokens"],
        cost_nano_usd=change["cost_nano_usd"],
    )


def _scopes_of(row: Mapping[str, Any], event: UsageEvent) -> Reservation:
    """The attempt's scopes, in the form that the budget's scripts take."""
    bucket = keys.bucket_of(row["tenant_id"])
    ids = [
        (ScopeKind.TENANT, row["tenant_id"]),
        (ScopeKind.USER, row["user_id"]),
        (ScopeKind.KEY, row["api_key_id"]),
        *((ScopeKind.RUN, run_id) for run_id in row["ancestor_run_ids"]),
        (ScopeKind.RUN, row["run_id"]),
        (ScopeKind.STEP, row["step_id"]),
    ]
    day: date = row["event_day"]
    return Reservation(
        reservation_id=event.event_id,
        tenant_id=row["tenant_id"],
        bound_tokens=0,
        bound_nano_usd=0,
        day=day_label(day),
        month=month_label(day),
        scopes=tuple(
            ScopeKey(keys.scope(bucket, row["tenant_id"], kind, scope_id), kind.windowed)
            for kind, scope_id in ids
            if scope_id is not None
        ),
        lost_event="",
    )
