"""Jobs that leave by an egress service: what each may, told once to its service, and what that tells of it.

The token that a runner has of it opens nothing here by itself: only an egress service can exchange it, only the one
that the job was given, and only until the job is over. So a task that runs a job has no secret of a tenant in it.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from foundation.contracts.egress.records import (
    MAX_ALLOWED,
    MAX_REFUSALS,
    EgressReason,
    EgressRecord,
    EgressReport,
    EgressVerdict,
)
from foundation.domain.errors import NotFound, Unauthenticated
from foundation.http.service_tokens import TokenVerifier
from tool_runtime.launcher import metrics
from tool_runtime.launcher.egress.services import EgressServices, EgressServiceSeen
from tool_runtime.launcher.jobs.open_jobs import OpenJob
from tool_runtime.protocol import POLL_SECONDS, EgressGrant, EgressLink, EgressTold, RunToken

SERVICE = "egress"
LAST_SECONDS = 5.0
"""How long a result waits for the last that a service has to tell of its job."""


@dataclass(eq=False)
class WayOut:
    """One job's way by a service. Its report grows as the service tells."""

    entry: OpenJob
    grant: EgressGrant
    service: EgressServiceSeen | None
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    is_granted: bool = False
    over: asyncio.Event = field(default_factory=asyncio.Event)
    told_all: asyncio.Event = field(default_factory=asyncio.Event)
    _records: list[EgressRecord] = field(default_factory=list)
    _left_out: int = 0

    @property
    def link(self) -> EgressLink:
        """For the runner of the job."""
        return EgressLink(token=self.token, service=None if self.service is None else self.service.place)

    def hear(self, told: EgressTold) -> None:
        """What was told before is not taken in again."""
        new = told.records[max(0, len(self._records) - told.after) :]
        self._records += new[: MAX_ALLOWED + MAX_REFUSALS - len(self._records)]
        self._left_out = max(self._left_out, told.refusals_left_out)
        if told.is_last:
            self.told_all.set()

    def report(self) -> EgressReport:
        """What the job has asked for; where the service has not told all of it, a last record says so."""
        records = sorted(self._records, key=lambda record: record.at)
        if self.is_granted and not self.told_all.is_set():
            records.append(
                EgressRecord(at=datetime.now(UTC), verdict=EgressVerdict.CUT, reason=EgressReason.JOURNAL_LOST)
            )
        return EgressReport(records=tuple(records[-MAX_ALLOWED - MAX_REFUSALS :]), refusals_left_out=self._left_out)


class EgressDesk:
    """Knows the egress services, and every job's way by one of them until the job is over."""

    def __init__(self, public_keys: Mapping[str, Any], *, audience: str) -> None:
        self._verifier = TokenVerifier(public_keys, audience=audience)
        self.services = EgressServices()
        metrics.EGRESS_MISSING.set_function(self.services.none_is_there)
        self._by_token: dict[bytes, WayOut] = {}
        self._by_grant: dict[str, WayOut] = {}

    def check(self, bearer_token: str) -> None:
        """Raises `Unauthenticated` on whatever is not a token that an egress service has signed."""
        if self._verifier.service(bearer_token) != SERVICE:
            raise Unauthenticated("the token is not one of an egress service")

    def open(self, entry: OpenJob, grant: EgressGrant) -> WayOut:
        """A new way for a job that a runner is given."""
        grant = grant.model_copy(update={"grant_id": secrets.token_hex(16)})
        way = WayOut(entry, grant, self.services.choose())
        if way.service is not None:
            way.service.jobs += 1
        self._by_token[_digest(way.token)] = self._by_grant[grant.grant_id] = way
        return way

    def exchange(self, token: str, *, service: str) -> EgressGrant:
        """What the job with this token may, for the service that it was given. Raises `NotFound`."""
        way = self._by_token.get(_digest(token))
        if way is None or way.over.is_set() or way.service is None or way.service.name != service:
            raise NotFound("no job that runs has this token, and this service as its way out")
        way.is_granted = True
        return way.grant

    async def is_over(self, grant_id: str) -> bool:
        """Whether the job is over, after waiting a while for that. Raises `NotFound` on what is not known any more."""
        way = self._find(grant_id)
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await way.over.wait()
        except TimeoutError:
            return False
        return True

    def run_token(self, grant_id: str) -> RunToken:
        """The newest of the job's step, while the job runs. Raises `NotFound`."""
        way = self._find(grant_id)
        if way.entry.run_token is None or way.over.is_set():
            raise NotFound("this job calls no models")
        return RunToken(token=way.entry.run_token)

    def hear(self, grant_id: str, told: EgressTold) -> None:
        """Raises `NotFound`."""
        self._find(grant_id).hear(told)

    async def end(self, way: WayOut) -> EgressReport:
        """The job is over: its token opens nothing, its service is told, and tells the last of it."""
        self._end(way)
        if way.is_granted and way.service is not None and self.services.is_there(way.service):
            try:
                async with asyncio.timeout(LAST_SECONDS):
                    await way.told_all.wait()
            except TimeoutError:
                pass  # the report says what is missing
        return way.report()

    def drop(self, way: WayOut) -> None:
        """Nobody asks for the way's report any more."""
        self._end(way)
        self._by_grant.pop(way.grant.grant_id, None)

    def _end(self, way: WayOut) -> None:
        if not way.over.is_set():
            way.over.set()
            del self._by_token[_digest(way.token)]
            if way.service is not None:
                way.service.jobs -= 1

    def _find(self, grant_id: str) -> WayOut:
        way = self._by_grant.get(grant_id)
        if way is None:
            raise NotFound("there is no such grant")
        return way


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
