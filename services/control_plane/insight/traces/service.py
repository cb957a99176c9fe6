"""Reads of traces, and their end: what is old is removed."""

from control_plane.execution.runs import read
from control_plane.execution.runs.kept import require_kept
from control_plane.identity.callers import ApiCaller, Operator
from control_plane.insight.traces.operators_view import without_words
from control_plane.requests.lists.paging import PageRequest
from control_plane.resources import AppResources
from foundation.domain.errors import LockstepError, NotFound
from foundation.domain.ids import RunId
from foundation.domain.policy.retention import ContentKind
from foundation.storage.session.database import Database, Transaction
from foundation.storage.spans import reading
from foundation.storage.spans.reading import Place, StoredSpan
from foundation.telemetry.background import every
from foundation.telemetry.traces import trace_id_of

_FORGET_EVERY_SECONDS = 600.0
_FORGET_AT_ONCE = 10_000
_BREATH_SECONDS = 0.25


async def of_run(
    tx: Transaction, caller: ApiCaller, run_id: RunId, *, page: PageRequest, after: Place | None
) -> tuple[str | None, list[StoredSpan]]:
    """The run's trace, and one span more than a page has, where there are as many; `NotFound` without the run."""
    run = await read.get(tx, caller, run_id)
    require_kept(run, ContentKind.EVENTS)
    trace_id = trace_id_of(run.traceparent)
    if trace_id is None:
        return None, []
    return trace_id, await reading.of_run(tx, caller.tenant_id, run_id, trace_id, after=after, limit=page.rows)


async def of_trace(
    app: AppResources, caller: Operator | ApiCaller, trace_id: str, *, page: PageRequest, after: Place | None
) -> list[StoredSpan]:
    """What the caller's tenant has in the trace, or of all tenants, for an operator, what is no word of theirs.

    `NotFound` where that is nothing.
    """
    if isinstance(caller, ApiCaller):
        async with app.database.tenant(caller.tenant_id) as tx:
            spans = await reading.of_trace(tx, caller.tenant_id, trace_id, after=after, limit=page.rows)
    else:
        async with app.database.across_tenants(reason="an operator reads a trace") as tx:
            found = await reading.of_trace_in_all_tenants(tx, trace_id, after=after, limit=page.rows)
            spans = [without_words(span) for span in found]
    if not spans and after is None:
        remedy = "spans are stored about a second after they ended, and removed after some days"
        raise NotFound("there are no spans of such a trace", remedy=remedy)
    return spans


async def forget_old(database: Database, *, days: int) -> None:
    """Removes spans that were stored so long ago, for all tenants, again and again."""

    async def once() -> bool:
        async with database.across_tenants(reason="old spans are removed for all tenants at once") as tx:
            return await reading.forget_old(tx, days=days, most=_FORGET_AT_ONCE) == _FORGET_AT_ONCE

    await every(_FORGET_EVERY_SECONDS, once, tolerate=(LockstepError, OSError), busy_seconds=_BREATH_SECONDS)()
