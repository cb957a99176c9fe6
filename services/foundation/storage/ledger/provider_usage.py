"""The amounts that providers billed, imported from their usage reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from foundation.storage.session.database import Transaction
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class BilledTotal:
    """What a provider says that it billed for some days: requests, and nano-dollars."""

    requests: int
    nano_usd: int


async def import_usage(tx: Transaction, lines: Sequence[Mapping[str, Any]]) -> None:
    """Store report lines; a line that a provider has corrected since replaces the older one."""
    await tx.execute_each(
        text(
            "INSERT INTO provider_usage (provider, provider_request_id, day, model, client_request_id, input_tokens,"
            " cached_input_tokens, output_tokens, cost_nano_usd) VALUES (:provider, :provider_request_id, :day, :model,"
            " :client_request_id, :input_tokens, :cached_input_tokens, :output_tokens, :cost_nano_usd)"
            " ON CONFLICT (provider, provider_request_id) DO UPDATE SET input_tokens = excluded.input_tokens,"
            " cached_input_tokens = excluded.cached_input_tokens, output_tokens = excluded.output_tokens,"
            " cost_nano_usd = excluded.cost_nano_usd, imported_at = now()"
        ),
        [dict(line) for line in lines],
    )


async def billed_total(tx: Transaction, *, provider: str, first: date, last: date) -> BilledTotal:
    """What the provider billed on the days `first` to `last`, both included."""
    rows = await tx.execute(
        text(
            "SELECT count(*) AS requests, coalesce(sum(cost_nano_usd), 0)::bigint AS nano_usd FROM provider_usage"
            " WHERE provider = :provider AND day BETWEEN :first AND :last"
        ),
        {"provider": provider, "first": first, "last": last},
    )
    return value_of(BilledTotal, rows.one())


async def billed_without_attempt(tx: Transaction, *, provider: str, first: date, last: date) -> list[str]:
    """Request ids that the provider billed but for which the ledger has no attempt."""
    rows = await tx.execute(
        text(
            "SELECT u.provider_request_id FROM provider_usage u WHERE u.provider = :provider"
            " AND u.day BETWEEN :first AND :last AND NOT EXISTS (SELECT FROM llm_events e"
            " WHERE e.event_id::text = u.client_request_id AND e.provider = u.provider AND e.kind = 'attempt')"
        ),
        {"provider": provider, "first": first, "last": last},
    )
    return list(rows.scalars())
