"""Gives a failure its place: the step and attempt in which it happened, this moment, and the trace of its run."""

from datetime import UTC, datetime

from foundation.contracts.moments import told
from foundation.domain.failures import Failure, PlacedFailure
from foundation.domain.ids import RunId, TenantId
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text
from foundation.telemetry.traces import trace_id_of


async def place(
    tx: Transaction, tenant_id: TenantId, run_id: RunId, failure: Failure, *, step: str | None = None
) -> PlacedFailure:
    """The failure as it is stored and told; `step` is the name of the step in which it happened, where it was in one.

    Attempt and trace are read from the rows: whoever records a failure may be another process than the one that worked
    on the step, and has a trace of its own or none.
    """
    row = (
        await tx.execute(
            text(
                """SELECT r.traceparent, s.attempt FROM runs r
                   LEFT JOIN steps s ON s.tenant_id = r.tenant_id AND s.run_id = r.run_id AND s.name = :step
                   WHERE r.tenant_id = :tenant_id AND r.run_id = :run_id"""
            ),
            {"tenant_id": tenant_id, "run_id": run_id, "step": step},
        )
    ).one()
    return failure.at_place(step=step, attempt=row.attempt, at=moment(), trace_id=trace_id_of(row.traceparent))


def moment() -> str:
    """Now, as errors tell it: ISO 8601 in UTC, with milliseconds."""
    return told(datetime.now(UTC), timespec="milliseconds")
