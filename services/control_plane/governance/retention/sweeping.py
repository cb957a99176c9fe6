"""Removes what has expired, tenant by tenant and run by run; several processes share the work.

Each run's content of one kind goes in one transaction that notes it on the run. So a process that dies loses nothing:
whoever looks next finds the runs that are left. Bytes in the bucket go before the rows that name them, or are noted on
rows until they are gone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from foundation.cloud.objects.base import ObjectStore
from foundation.cloud.objects.keys import final_key, job_folder, upload_key
from foundation.domain.errors import LockstepError
from foundation.domain.ids import RunId, TenantId
from foundation.domain.policy.retention import ContentKind
from foundation.storage.people import audit
from foundation.storage.retention import due, files, removing, rules, sweeps
from foundation.storage.session.database import Database
from foundation.telemetry.background import every, going_on, utc_now
from foundation.telemetry.logs import bind
from foundation.telemetry.metrics import CONTENT_EXPIRED
from foundation.workflow import run_control
from foundation.workflow.artifacts import final_artifact

SWEEPER = "system:retention"
_PACE_SECONDS = 30.0
_TENANTS_AT_ONCE = 20
_RUNS_AT_ONCE = 100
_FILES_AT_ONCE = 100
_LEASE = timedelta(minutes=5)
_AGAIN = timedelta(minutes=10)
_IDLE = timedelta(days=1)
"""Where nothing is known to come; what comes hastens it."""
_CLOCKS = timedelta(minutes=5)
"""How far the object store's clock may be off, and how long an upload that began in time may take."""


@dataclass
class ContentSweeping:
    """Of one process."""

    database: Database
    objects: ObjectStore
    form_seconds: int
    """How long the form of an upload opens."""
    now: Callable[[], datetime] = utc_now

    async def run(self) -> None:
        await every(_PACE_SECONDS, self.round, tolerate=(LockstepError, OSError), busy_seconds=0)()

    async def round(self) -> bool:
        """Whether as many tenants as one round attends to were found."""
        async with self.database.across_tenants(reason="which tenants have content that may have expired") as tx:
            found = await sweeps.tenants_to_sweep(tx, as_of=self.now(), most=_TENANTS_AT_ONCE)
        for tenant_id in found:
            with bind(tenant_id=tenant_id), going_on("content could not be removed, and will be tried again"):
                await self._attend(tenant_id)
        return len(found) == _TENANTS_AT_ONCE

    async def _attend(self, tenant_id: TenantId) -> None:
        now = self.now()
        async with self.database.tenant(tenant_id) as tx:
            is_ours = await sweeps.lease(tx, tenant_id, as_of=now, until=now + _LEASE)
            wanted = await rules.read(tx, tenant_id) if is_ours else None
        if not is_ours:
            return
        days = {kind: kept.days for kind, kept in (wanted or {}).items() if kept.days is not None}
        await self._give_up(tenant_id, now - self._forms)
        for kind, most in days.items():
            await self._sweep(tenant_id, kind, now - timedelta(days=most))
        await self._erase(tenant_id)
        async with self.database.tenant(tenant_id) as tx:
            soon = days or await files.is_waiting(tx, tenant_id)
            await sweeps.release(tx, tenant_id, due_at=self.now() + (_AGAIN if soon else _IDLE))

    @property
    def _forms(self) -> timedelta:
        return timedelta(seconds=self.form_seconds) + _CLOCKS

    async def _give_up(self, tenant_id: TenantId, announced_by: datetime) -> None:
        """An upload that has come is made final; one that has not counts no longer."""
        after, given_up = None, 0
        while True:
            async with self.database.tenant(tenant_id) as tx:
                await sweeps.renew(tx, tenant_id, until=self.now() + _LEASE)
                found = await files.never_came(
                    tx, tenant_id, announced_by=announced_by, after=after, most=_FILES_AT_ONCE
                )
            if not found:
                break
            for artifact_id in found:
                artifact = await final_artifact(self.database, self.objects, tenant_id, artifact_id)
                if artifact is not None and not artifact.ready:
                    async with self.database.tenant(tenant_id) as tx:
                        given_up += await files.give_up(tx, tenant_id, artifact_id, now=self.now())
            after = found[-1]
        if given_up:
            async with self.database.tenant(tenant_id) as tx:
                await audit.record(
                    tx,
                    tenant_id,
                    actor=SWEEPER,
                    action="artifact.never_uploaded",
                    target=str(tenant_id),
                    detail={"artifacts": given_up},
                )

    async def _sweep(self, tenant_id: TenantId, kind: ContentKind, ended_by: datetime) -> None:
        runs, gone = await self._of_runs(tenant_id, kind, ended_by), 0
        if kind is ContentKind.ARTIFACTS:
            gone = await self._mark(tenant_id, ended_by)
        if kind is ContentKind.EVENTS:
            async with self.database.tenant(tenant_id) as tx:
                await removing.tenant_events(tx, tenant_id, told_by=ended_by)
        if not runs and not gone:
            return
        detail = {"content": kind.value, "runs": runs, "ended_by": ended_by.isoformat()}
        if gone:
            detail["artifacts"] = gone
        async with self.database.tenant(tenant_id) as tx:
            await audit.record(
                tx, tenant_id, actor=SWEEPER, action="retention.expire", target=str(tenant_id), detail=detail
            )

    async def _of_runs(self, tenant_id: TenantId, kind: ContentKind, ended_by: datetime) -> int:
        """How many runs; a run that somebody else just changed is left to the next sweep."""
        removed, left = 0, set[RunId]()
        while True:
            async with self.database.tenant(tenant_id) as tx:
                await sweeps.renew(tx, tenant_id, until=self.now() + _LEASE)
                found = await due.find(tx, tenant_id, kind, ended_by=ended_by, most=_RUNS_AT_ONCE + len(left))
            found = [root for root in found if root not in left]
            if not found:
                return removed
            for root in found:
                count = await self._of_tree(tenant_id, kind, root, ended_by)
                removed += count
                if not count:
                    left.add(root)

    async def _of_tree(self, tenant_id: TenantId, kind: ContentKind, root: RunId, ended_by: datetime) -> int:
        """The run with all below it, together."""
        if kind is ContentKind.ANSWERS:
            async with self.database.tenant(tenant_id) as tx:
                tree = await due.with_all_below(tx, tenant_id, root)
                stored = await removing.stored_answers(tx, tenant_id, tree)
            for key in stored:
                await self.objects.purge(key)
        async with self.database.tenant(tenant_id) as tx:
            tree = await due.with_all_below(tx, tenant_id, root)
            for run_id in tree:
                await run_control.lock_run_and_all_steps(tx, tenant_id, run_id)
            if not await due.is_due(tx, tenant_id, kind, root, ended_by=ended_by):
                return 0
            await removing.remove(tx, tenant_id, kind, tree, now=self.now())
        CONTENT_EXPIRED.labels(kind.value).inc(len(tree))
        return len(tree)

    async def _erase(self, tenant_id: TenantId) -> None:
        """The bytes go of all that are marked, those included that somebody left half-way."""
        after = None
        while True:
            async with self.database.tenant(tenant_id) as tx:
                await sweeps.renew(tx, tenant_id, until=self.now() + _LEASE)
                found = await files.with_bytes(tx, tenant_id, after=after, most=_FILES_AT_ONCE)
            if not found:
                return
            for one in found:
                # An upload may have been made final while it was marked, and its form may open still.
                keys = final_key(tenant_id, one.artifact_id), upload_key(tenant_id, one.artifact_id)
                for place in {one.object_key, *(keys if one.job_id is None else ())}:
                    await self.objects.purge(place)
            # What a job sent may lie where it sent it, if its worker ended before it removed that.
            for job_id in {one.job_id for one in found if one.job_id is not None}:
                await self.objects.erase(job_folder(tenant_id, job_id))
            erased = [one.artifact_id for one in found]
            async with self.database.tenant(tenant_id) as tx:
                now = self.now()
                await files.note_erased(tx, tenant_id, erased, forms_lapsed=now - self._forms, now=now)
            after = erased[-1]

    async def _mark(self, tenant_id: TenantId, made_by: datetime) -> int:
        """How many were marked as gone."""
        marked, after, named = 0, None, None
        while True:
            async with self.database.tenant(tenant_id) as tx:
                found = await files.find(tx, tenant_id, made_by=made_by, after=after, most=_FILES_AT_ONCE)
                if not found:
                    return marked
                if named is None:
                    named = await files.named(tx, tenant_id)
                going = [one for _, one in found if UUID(str(one)) not in named]
                marked += await files.expire(tx, tenant_id, going, made_by=made_by, now=self.now())
            after = found[-1]
