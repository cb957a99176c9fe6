"""Stores the spans of a process in batches, beside its work."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID

from foundation.domain.errors import DatabaseUnavailable, LockstepError
from foundation.storage.session.database import Database, Transaction
from foundation.storage.session.statements import text
from foundation.telemetry.background import Loop
from foundation.telemetry.logs import logger
from foundation.telemetry.metrics import SPANS_DROPPED, SPANS_SENT
from foundation.telemetry.spans.buffer import KEPT, SpanBuffer
from foundation.telemetry.spans.otlp import OtlpExport, otlp_export
from foundation.telemetry.spans.record import RecordedKind, SpanAttribute, SpanRecord

_BATCH = 500
_PAUSE_SECONDS = 0.5
_LAST_SECONDS = 3.0
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_SERVER_ERROR = 500
_APART = frozenset({SpanAttribute.TENANT_ID.value, SpanAttribute.RUN_ID.value, SpanAttribute.STEP_ID.value})

_log = logger(__name__)


class SpanKeeper:
    """Takes spans out of the process's buffer: to the database, and to a collector where one is named."""

    def __init__(self, database: Database, *, spans: SpanBuffer = KEPT, export: OtlpExport | None = None) -> None:
        """`export` is offered every span; stored are only those that `is_stored` wants."""
        self._database = database
        self._spans = spans
        self._export = export

    @classmethod
    def of_process(cls, database: Database) -> Self:
        """That of this process's spans."""
        return cls(database, export=otlp_export())

    def loops(self) -> tuple[Loop, ...]:
        """What has to run beside the process's work."""
        return (self._run,) if self._export is None else (self._run, self._export.run)

    async def _run(self) -> None:
        """Nothing is asked of the database while there is nothing to store."""
        while True:
            if not await self.write_some():
                await asyncio.sleep(_PAUSE_SECONDS)

    async def close(self) -> None:
        """Writes what there is, for some seconds at most: the process ends, and its loops have."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_SECONDS):
                await self.flush()
        SPANS_DROPPED.labels("ended").inc(len(self._spans))
        if self._export is not None:
            self._export.close()

    async def flush(self) -> None:
        """Sends what there is, as far as the database and the collector take it."""
        while await self.write_some():
            continue
        if self._export is not None:
            await self._export.send_all()

    async def write_some(self) -> bool:
        """Whether there may be more to write at once. While PostgreSQL is away, spans stay in the buffer."""
        batch = self._spans.take(_BATCH)
        stored = [span for span in batch if is_stored(span)]
        try:
            if stored:
                async with self._database.across_tenants(reason="a batch has spans of several tenants") as tx:
                    await record(tx, stored)
        except (DatabaseUnavailable, OSError) as error:
            _log.debug("spans wait for the database", exc_info=error)
            self._spans.put_back(batch)
            return False
        except asyncio.CancelledError:
            self._spans.put_back(batch)
            raise
        except LockstepError as error:
            _log.error("spans cannot be stored", exc_info=error, extra={"spans": len(stored), "detail": error.detail})
            SPANS_DROPPED.labels("refused").inc(len(stored))
        else:
            SPANS_SENT.labels("database").inc(len(stored))
        if self._export is not None:
            self._export.offer(batch)
        return len(batch) == _BATCH


def is_stored(span: SpanRecord) -> bool:
    """Spans of a tenant, but for calls that only read and did not fail: they are of no run, and many."""
    if span.text(SpanAttribute.TENANT_ID) is None:
        return False
    if span.kind is not RecordedKind.SERVER or span.text(SpanAttribute.HTTP_METHOD) not in _READS:
        return True
    return int(span.attributes.get(SpanAttribute.HTTP_STATUS, 0)) >= _SERVER_ERROR


async def record(tx: Transaction, spans: Sequence[SpanRecord]) -> int:
    """Stores spans of any tenants; how many were new. Those of a tenant that is gone are left out."""
    told = json.dumps([_row(span) for span in spans])
    rows = await tx.execute(text("SELECT record_spans(CAST(:told AS jsonb)) AS new"), {"told": told})
    return int(rows.scalar_one())


def _row(span: SpanRecord) -> dict[str, Any]:
    return {
        "tenant_id": span.text(SpanAttribute.TENANT_ID),
        "trace_id": span.trace_id,
        "span_id": span.span_id,
        "parent_span_id": span.parent_span_id,
        "run_id": _uuid(span.text(SpanAttribute.RUN_ID)),
        "step_id": _uuid(span.text(SpanAttribute.STEP_ID)),
        "name": span.name,
        "kind": span.kind,
        "service": span.service,
        "status": span.status,
        "started_at": datetime.fromtimestamp(span.started_ns // 1000 / 1_000_000, UTC).isoformat(),
        "duration_us": max(0, span.ended_ns - span.started_ns) // 1000,
        "attributes": {name: value for name, value in span.attributes.items() if name not in _APART},
    }


def _uuid(value: str | None) -> str | None:
    try:
        return None if value is None else str(UUID(value))
    except ValueError:
        return None
