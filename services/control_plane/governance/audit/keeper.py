"""Keeps the audits: seals what was written, every few seconds, and anchors the heads of the chains every hour."""

import asyncio
import time
from collections.abc import Callable

from prometheus_client import Counter

from control_plane.governance.audit.anchors import AuditAnchors
from foundation.domain.errors import LockstepError
from foundation.storage.audit import chain
from foundation.storage.audit.books import Whose, opened
from foundation.storage.session.database import Database
from foundation.telemetry.logs import logger

SEAL_SECONDS = 2.0
ANCHOR_SECONDS = 3600.0
_FIRST_ANCHOR_SECONDS = 60.0
_BATCH = 500

SEALED = Counter("audit_rows_sealed_total", "Rows of audits that were chained")
ANCHORED = Counter("audit_anchors_total", "Heads of audits that were written outside of the database")
FAILURES = Counter("audit_keeping_failures_total", "Rounds of sealing or anchoring that failed and are repeated")

_log = logger(__name__)


class AuditKeeper:
    """One loop a process. Several may run: a tenant is sealed by one at a time."""

    def __init__(self, database: Database, anchors: AuditAnchors, *, now: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._anchors = anchors
        self._now = now
        self._since = 0
        self._to_anchor: set[Whose] = {None}
        # Soon after the start, since a process that never lives for an hour would else anchor nothing.
        self._anchored_at = now() - ANCHOR_SECONDS + _FIRST_ANCHOR_SECONDS

    async def run(self) -> None:
        while True:
            try:
                await self.seal()
                if self._now() - self._anchored_at >= ANCHOR_SECONDS:
                    await self.anchor()
            except (LockstepError, OSError) as error:
                FAILURES.inc()
                _log.warning("an audit could not be kept, and is tried again", extra={"error": str(error)})
            await asyncio.sleep(SEAL_SECONDS)

    async def seal(self) -> int:
        """Chains all rows that are committed and behind which nothing older can come; how many."""
        async with self._database.across_tenants(reason="whose audit has rows that are not sealed") as tx:
            tenants, horizon = await chain.tenants_to_seal(tx, self._since)
        sealed = 0
        for whose in (None, *tenants):
            sealed += await self._seal(whose)
        self._since = horizon
        self._to_anchor.update({None, *tenants})
        SEALED.inc(sealed)
        return sealed

    async def _seal(self, whose: Whose) -> int:
        sealed = 0
        while True:
            async with opened(self._database, whose) as tx:
                found = await chain.seal(tx, whose, most=_BATCH)
            sealed += found
            if found < _BATCH:
                return sealed

    async def anchor(self) -> int:
        """Writes the heads of all chains that have moved; how many."""
        written = 0
        for whose in list(self._to_anchor):
            written += await self._anchors.anchor(whose)
            self._to_anchor.discard(whose)
        self._anchored_at = self._now()
        ANCHORED.inc(written)
        return written
