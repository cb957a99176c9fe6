"""What forms have written and nothing became of goes after a day, and nothing else does."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from control_plane.governance.retention.leftovers import LEFT_AFTER, LeftoverSweeping
from fixtures.gateways.gateway import Tenant
from fixtures.leaving.full_runs import FullRun, a_full_run
from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.runs import database
from foundation.cloud.objects.fake import FakeObjectStore
from foundation.cloud.objects.keys import final_folder, job_key, upload_key
from foundation.domain.errors import DependencyUnavailable
from foundation.domain.ids import ArtifactId, JobId, TenantId, new_uuid
from foundation.storage.session.database import Database

LATER = LEFT_AFTER + timedelta(minutes=1)


@dataclass
class Ground:
    """A bucket of its own, a tenant, and its sweeper."""

    scratch: ScratchDatabase
    control_plane: Database
    tenant: Tenant
    objects: FakeObjectStore

    async def swept(self, *, after: timedelta = LATER) -> bool:
        at = datetime.now(UTC) + after
        return await LeftoverSweeping(self.control_plane, self.objects, now=lambda: at).round()

    async def put(self, *keys: str) -> None:
        for key in keys:
            await self.objects.put(key, b"x")

    def kept(self) -> set[str]:
        return set(self.objects.objects)


@pytest.fixture
async def ground(scratch: ScratchDatabase) -> AsyncIterator[Ground]:
    control_plane = database(scratch, "control_plane")
    yield Ground(scratch, control_plane, Tenant().create(scratch), FakeObjectStore())
    await control_plane.close()


async def test_what_was_sent_goes_after_a_day_and_not_before(ground: Ground) -> None:
    tenant_id = TenantId(ground.tenant.tenant_id)
    job, upload = JobId(new_uuid()), ArtifactId(new_uuid())
    sent = {job_key(tenant_id, job, 0), job_key(tenant_id, job, 999), upload_key(tenant_id, upload), "incoming/odd"}
    await ground.put(*sent, "tenants/a/artifacts/b")
    await ground.swept(after=LEFT_AFTER - timedelta(minutes=1))
    assert ground.kept() == {*sent, "tenants/a/artifacts/b"}
    await ground.swept()
    assert ground.kept() == {"tenants/a/artifacts/b"}


async def test_an_upload_that_is_waited_for_stays(ground: Ground) -> None:
    """A sweep of its tenant makes it final, or gives it up; that may have waited for the database."""
    tenant_id, upload = TenantId(ground.tenant.tenant_id), ArtifactId(new_uuid())
    key = upload_key(tenant_id, upload)
    with ground.scratch.superuser() as connection:
        connection.execute(
            """INSERT INTO artifacts (tenant_id, artifact_id, name, content_type, size, sha256, object_key, status)
               VALUES (%s, %s, 'a', 'text/plain', 1, sha256('x'), %s, 'PENDING')""",
            [tenant_id, upload, key],
        )
    await ground.put(key)
    await ground.swept()
    assert ground.kept() == {key}
    with ground.scratch.superuser() as connection:
        connection.execute(
            "UPDATE artifacts SET status = 'EXPIRED', expired_at = now() WHERE artifact_id = %s", [upload]
        )
    await ground.swept()
    assert ground.kept() == set()


async def test_a_copy_that_no_row_names_goes_with_what_it_was_made_of(ground: Ground) -> None:
    """Its worker died between the copy and the record; whoever ran the job again has recorded other bytes."""
    run: FullRun = await a_full_run(ground.scratch, ground.objects, ground.tenant, ended_at=datetime.now(UTC))
    tenant_id, job = TenantId(ground.tenant.tenant_id), JobId(new_uuid())
    recorded, orphan = (f"{final_folder(tenant_id, job)}{new_uuid()}" for _ in range(2))
    with ground.scratch.superuser() as connection:
        connection.execute("UPDATE artifacts SET object_key = %s WHERE run_id = %s", [recorded, run.run_id])
    await ground.put(recorded, orphan, job_key(tenant_id, job, 0))
    before = ground.kept()
    await ground.swept()
    assert before - ground.kept() == {orphan, job_key(tenant_id, job, 0)}


async def test_a_job_that_sends_again_today_keeps_all_that_it_has_sent(ground: Ground) -> None:
    tenant_id, job = TenantId(ground.tenant.tenant_id), JobId(new_uuid())
    key = job_key(tenant_id, job, 0)
    await ground.put(key)
    await ground.swept(after=timedelta(0))
    assert ground.kept() == {key}


async def test_a_bucket_that_is_away_is_waited_for(ground: Ground) -> None:
    ground.objects.away = True
    with pytest.raises(DependencyUnavailable):
        await ground.swept()
