"""Files that are deleted, and uploads that never come: their room is free, and their bytes go."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from control_plane.governance.retention.sweeping import ContentSweeping
from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant
from fixtures.leaving.full_runs import a_full_run
from fixtures.machine.postgres import ScratchDatabase
from foundation.cloud.objects.fake import FakeObjectStore
from foundation.cloud.objects.keys import final_key, job_key, prefixes_of_tenant, upload_key
from foundation.domain.ids import JobId

BYTES = b"a,b"
FORM_SECONDS = 900


@dataclass
class Files:
    """A tenant's files, and a sweeper that looks at them `minutes` from now."""

    api: ApiInProcess
    scratch: ScratchDatabase
    tenant: Tenant
    owner: httpx.AsyncClient

    @property
    def objects(self) -> FakeObjectStore:
        found: FakeObjectStore = self.api.app.state.resources.objects
        return found

    async def announced(self) -> str:
        sha256 = hashlib.sha256(BYTES).hexdigest()
        body = {"name": "a.csv", "content_type": "text/csv", "size": len(BYTES), "sha256": sha256}
        answer = await self.owner.post("/artifacts", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def upload(self, artifact_id: str) -> None:
        await self.objects.put(upload_key(self.tenant.tenant_id, artifact_id), BYTES)  # type: ignore[arg-type]

    async def uploaded(self) -> str:
        artifact_id = await self.announced()
        await self.upload(artifact_id)
        assert await self.status(artifact_id) == "READY"
        return artifact_id

    async def status(self, artifact_id: str) -> str:
        return str((await self.owner.get(f"/artifacts/{artifact_id}")).json()["status"])

    async def used(self) -> int:
        items = (await self.owner.get("/quotas")).json()["items"]
        return next(int(one["used"]) for one in items if (one["quota"], one["scope"]) == ("stored_bytes", "tenant"))

    async def swept(self, *, minutes: float) -> None:
        at = datetime.now(UTC) + timedelta(minutes=minutes)
        sweeper = ContentSweeping(
            self.api.app.state.resources.database, self.objects, form_seconds=FORM_SECONDS, now=lambda: at
        )
        await sweeper.round()

    def kept(self) -> list[str]:
        return [key for key in self.objects.objects if key.startswith(prefixes_of_tenant(self.tenant.tenant_id))]

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.scratch.superuser() as connection:
            cursor = connection.execute(statement.encode(), [*values, self.tenant.tenant_id])
            return cursor.fetchall() if cursor.description else []


@pytest.fixture
async def files(lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant) -> AsyncIterator[Files]:
    async with lonely_api.caller(tenant) as owner:
        yield Files(lonely_api, scratch, tenant, owner)


async def test_a_deleted_file_has_no_room_and_soon_no_bytes(files: Files, audited: Any) -> None:
    artifact_id = await files.uploaded()
    assert (await files.used(), len(files.kept())) == (len(BYTES), 1)
    answers = await asyncio.gather(*(files.owner.delete(f"/artifacts/{artifact_id}") for _ in range(3)))
    assert {answer.status_code for answer in answers} == {204}
    shown = (await files.owner.get(f"/artifacts/{artifact_id}")).json()
    assert (shown["status"], shown["url"], shown["name"]) == ("EXPIRED", None, "a.csv")
    assert await files.used() == 0
    await files.swept(minutes=1)
    assert files.kept() == []
    [(actor, action, target, detail)] = [row for row in audited() if row[1] == "artifact.delete"]
    assert (action, target, detail["size"]) == ("artifact.delete", artifact_id, len(BYTES))
    assert actor == f"user:{files.tenant.user_id}"


async def test_what_is_uploaded_by_a_form_from_before_the_deletion_goes_too(files: Files) -> None:
    artifact_id = await files.announced()
    assert (await files.owner.delete(f"/artifacts/{artifact_id}")).status_code == 204
    await files.swept(minutes=1)
    await files.upload(artifact_id)
    assert await files.status(artifact_id) == "EXPIRED"
    await files.swept(minutes=FORM_SECONDS / 60 + 12)
    assert files.kept() == []
    query = "SELECT erased_at IS NOT NULL FROM artifacts WHERE artifact_id = %s AND tenant_id = %s"
    assert files.sql(query, artifact_id) == [(True,)]


async def test_an_upload_that_never_comes_is_given_up(files: Files, audited: Any) -> None:
    never, came = await files.announced(), await files.announced()
    await files.upload(came)
    await files.swept(minutes=FORM_SECONDS / 60 - 1)
    assert await files.used() == 2 * len(BYTES), "its form still opens"
    await files.swept(minutes=FORM_SECONDS / 60 + 12)
    assert (await files.status(never), await files.status(came)) == ("EXPIRED", "READY")
    assert await files.used() == len(BYTES)
    assert files.kept() == [final_key(files.tenant.tenant_id, came)]  # type: ignore[arg-type]
    [detail] = [row[3] for row in audited() if row[1] == "artifact.never_uploaded"]
    assert detail == {"artifacts": 1}


async def test_what_may_still_be_needed_is_not_deleted(files: Files) -> None:
    artifact_id = await files.uploaded()
    path = f"/artifacts/{artifact_id}"
    definition = {"name": f"t-{uuid4().hex[:12]}", "steps": [{"name": "a", "kind": "noop"}]}
    reader = await files.owner.post("/tasks", json={**definition, "description": f"reads {artifact_id}"})
    refused = problem(await files.owner.delete(path), 409, "conflict")
    assert reader.json()["id"] in refused["detail"]
    assert (await files.owner.delete(f"/tasks/{reader.json()['id']}")).status_code == 204
    task = await files.owner.post("/tasks", json={**definition, "name": f"{definition['name']}-2"})
    given = {"task_id": task.json()["id"], "input": {"file": artifact_id}}
    run = (await files.owner.post("/runs", json=given)).json()["id"]
    assert run in problem(await files.owner.delete(path), 409, "conflict")["detail"]
    assert (await files.owner.delete(f"/runs/{run}")).status_code == 200
    assert (await files.owner.delete(path)).status_code == 204


async def test_a_file_of_a_run_stays_while_the_run_or_a_fork_of_it_is_open(files: Files) -> None:
    origin = await a_full_run(files.scratch, files.objects, files.tenant, ended_at=datetime.now(UTC))
    fork = await a_full_run(
        files.scratch, files.objects, files.tenant, ended_at=datetime.now(UTC), forked_from=origin.run_id
    )
    [(artifact_id,)] = files.sql(
        "SELECT artifact_id::text FROM artifacts WHERE run_id = %s AND tenant_id = %s", origin.run_id
    )
    for opened in (origin, fork):
        opening = "UPDATE runs SET status = 'RUNNING', ended_at = NULL WHERE run_id = %s AND tenant_id = %s"
        files.sql(opening, opened.run_id)
        problem(await files.owner.delete(f"/artifacts/{artifact_id}"), 409, "conflict")
        files.sql(
            "UPDATE runs SET status = 'FAILED', ended_at = now() WHERE run_id = %s AND tenant_id = %s", opened.run_id
        )
    assert (await files.owner.delete(f"/artifacts/{artifact_id}")).status_code == 204


async def test_what_a_job_sent_goes_with_the_file_that_it_became(files: Files) -> None:
    """A worker that dies after it has recorded a result leaves what was sent."""
    run = await a_full_run(files.scratch, files.objects, files.tenant, ended_at=datetime.now(UTC))
    [(artifact_id, job_id)] = files.sql(
        """UPDATE artifacts a SET job_id = e.job_id FROM tool_events e
           WHERE e.run_id = a.run_id AND a.run_id = %s AND a.tenant_id = %s RETURNING artifact_id::text, e.job_id""",
        run.run_id,
    )
    sent = job_key(files.tenant.tenant_id, JobId(job_id), 0)
    await files.objects.put(sent, BYTES)
    assert (await files.owner.delete(f"/artifacts/{artifact_id}")).status_code == 204
    await files.swept(minutes=1)
    assert [key for key in files.kept() if not key.startswith("replays/")] == []


async def test_a_neighbours_file_is_not_there(files: Files) -> None:
    artifact_id = await files.uploaded()
    async with files.api.caller(Tenant().create(files.scratch)) as other:
        problem(await other.delete(f"/artifacts/{artifact_id}"), 404, "not_found")
    assert await files.status(artifact_id) == "READY"
