"""A runner holds its job's forms for as long as they are good: what they send after READY changes no artifact."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from fixtures.cloud.buckets import KINDS, Bucket, a_bucket
from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.asking import taken
from fixtures.running.parts import Parts, lose_holders
from fixtures.running.runs import ARun, a_run
from foundation.cloud.objects.base import Upload
from foundation.cloud.objects.fake import FakeObjectStore
from foundation.cloud.objects.keys import INCOMING, job_folder
from foundation.contracts.tool_job import JobArtifact, JobStatus, ToolJob, ToolResult
from foundation.storage.artifacts import Artifact, get
from orchestrator.clients.launcher.fake import FakeLauncher
from orchestrator.failpoints import Failpoints
from orchestrator.tools.files import addressed, stage
from orchestrator.tools.tool_call import ToolCall, WorkspaceUse
from orchestrator.tools.tool_calls import ToolCalls
from orchestrator.tools.workspaces import staged_workspace
from orchestrator.work import TickFailed, Work

TRUE, WORKSPACE, FORGED = b"the true report", b"the true workspace", b"<forged afterwards>"
FAR = datetime(2100, 1, 1, tzinfo=UTC)


class WorkerDied(BaseException):
    """What a test ends a worker with."""


@dataclass
class Runner:
    """Of each job it stores one file and its workspace by the job's forms, which it keeps."""

    bucket: Bucket
    content: bytes = TRUE
    reports: Sequence[int] = (0,)
    jobs: list[ToolJob] = field(default_factory=list)

    def forms(self) -> list[Upload]:
        [job, *_] = reversed(self.jobs)
        assert job.workspace is not None
        return [Upload(slot.url, slot.fields) for slot in (*job.uploads, job.workspace.upload)]

    def send(self, form: Upload, body: bytes) -> bool:
        if isinstance(self.bucket.store, FakeObjectStore):
            return self.bucket.store.post(form.fields, body)
        return httpx.post(form.url, data=form.fields, files={"file": body}, trust_env=False).is_success

    def answer(self, job: ToolJob) -> ToolResult:
        self.jobs.append(job)
        first, *_, last = self.forms()
        assert (self.send(first, self.content), self.send(last, WORKSPACE)) == (True, True)
        files = [_told(index, "report.txt", self.content) for index in self.reports]
        workspace = _told(999, "workspace.tar.gz", WORKSPACE)
        return ToolResult(
            job_id=job.job_id,
            status=JobStatus.SUCCEEDED,
            artifacts=tuple(files),
            workspace=workspace,
            ended_at=datetime.now(UTC),
        )


def _told(index: int, name: str, content: bytes) -> JobArtifact:
    sha256 = hashlib.sha256(content).hexdigest()
    return JobArtifact(index=index, name=name, size=len(content), sha256=sha256, content_type="text/plain")


@dataclass
class Ground:
    """A step with a tool, the worker's calls of it, and the job's runner."""

    parts: Parts
    bucket: Bucket
    runner: Runner
    run: ARun
    dies_at: str | None = None
    _launcher: FakeLauncher | None = None

    async def call(self, work: Work) -> dict[str, Any]:
        self._launcher = self._launcher or FakeLauncher(answer=self.runner.answer)
        failpoints = _Deaths(self.dies_at)
        calls = ToolCalls(
            self.parts.orchestrator,
            self._launcher,
            self.bucket.store,
            failpoints,
            artifacts_per_job=3,
            run_token=lambda _: "a run token",
        )
        call = ToolCall("code.python", {"code": "1"}, (), turn=0, call_id="c", workspace=WorkspaceUse())
        return await calls.run(work, call)

    async def row(self, file: dict[str, Any]) -> Artifact:
        async with self.parts.orchestrator.tenant(self.run.tenant_id) as tx:
            found = await get(tx, self.run.tenant_id, file["artifact"])
        assert found is not None
        return found

    async def read(self, document: dict[str, Any]) -> set[bytes]:
        """The file and the workspace of a result, by every way that leads to their bytes."""
        store, tenant_id = self.bucket.store, self.run.tenant_id
        file, workspace = document["files"][0], document["workspace"]
        places = [(await self.row(one)).object_key for one in (file, workspace)]
        urls = [await store.download_url(key, seconds=60, file_name="a") for key in places]
        staged = await stage(self.parts.orchestrator, store, tenant_id, [file], at="/files")
        carried = (await staged_workspace(self.parts.orchestrator, store, tenant_id, workspace)).taken
        assert carried is not None
        urls += [entry.url for entry in await addressed(store, [*staged, carried], seconds=60)]
        fetched = [await self.bucket.fetch(url) for url in urls]
        assert None not in fetched
        return {one.body for one in fetched if one is not None} | {await store.get(key) for key in places}


class _Deaths(Failpoints):
    def __init__(self, name: str | None) -> None:
        super().__init__(None, environment="test")
        self._name = name

    def reach(self, name: str) -> None:
        if name == self._name:
            raise WorkerDied


@pytest.fixture(params=KINDS)
async def ground(request: pytest.FixtureRequest, parts: Parts, scratch: ScratchDatabase) -> AsyncIterator[Ground]:
    step = {"name": "make", "kind": "tool", "tool": "code.python", "arguments": {"code": "1"}, "retry": {"attempts": 3}}
    async with a_bucket(request.param) as bucket:
        yield Ground(parts, bucket, Runner(bucket), await a_run(parts.owner, steps=[step]))


async def test_forms_that_are_used_after_ready_change_no_artifact(ground: Ground) -> None:
    document = await ground.call(await taken(ground.parts, ground.run, "make"))
    assert await ground.read(document) == {TRUE, WORKSPACE}
    row = await ground.row(document["files"][0])
    assert row.ready
    for form in ground.runner.forms():
        assert ground.runner.send(form, FORGED)
    assert await ground.read(document) == {TRUE, WORKSPACE}
    assert hashlib.sha256(await ground.bucket.store.get(row.object_key)).digest() == row.sha256


async def test_no_form_of_a_job_is_for_a_key_that_an_artifact_has(ground: Ground) -> None:
    document = await ground.call(await taken(ground.parts, ground.run, "make"))
    rows = [await ground.row(one) for one in (*document["files"], document["workspace"])]
    assert {form.fields["key"].startswith(INCOMING) for form in ground.runner.forms()} == {True}
    assert [row.object_key.startswith(INCOMING) for row in rows] == [False, False]


async def test_what_was_sent_is_gone_once_the_result_is_recorded(ground: Ground) -> None:
    await ground.call(await taken(ground.parts, ground.run, "make"))
    assert await ground.bucket.store.keys(INCOMING, written_by=FAR) == []


async def test_a_worker_that_dies_between_the_copy_and_the_record_is_followed_by_one_that_records_the_same(
    ground: Ground,
) -> None:
    ground.dies_at = "tool.copied"
    with pytest.raises(WorkerDied):
        await ground.call(await taken(ground.parts, ground.run, "make"))
    # The runner has come back meanwhile, and has sent something else by the same forms.
    for form in ground.runner.forms():
        assert ground.runner.send(form, FORGED)
    ground.dies_at = None
    await lose_holders(ground.parts, ground.run)
    document = await ground.call(await taken(ground.parts, ground.run, "make"))
    assert len(ground.runner.jobs) == 1, "the second worker joined the job"
    assert await ground.read(document) == {TRUE, WORKSPACE}


async def test_what_a_job_that_was_begun_twice_has_sent_is_left_to_the_sweeper(ground: Ground) -> None:
    """Another worker may have copied other bytes of it: what is left here leads to them."""
    ground.dies_at = "tool.after_submit"
    with pytest.raises(WorkerDied):
        await ground.call(await taken(ground.parts, ground.run, "make"))
    ground.dies_at = None
    await lose_holders(ground.parts, ground.run)
    document = await ground.call(await taken(ground.parts, ground.run, "make"))
    assert await ground.read(document) == {TRUE, WORKSPACE}
    [job] = ground.runner.jobs
    left = await ground.bucket.store.keys(INCOMING, written_by=FAR)
    assert sorted(left) == [f"{job_folder(ground.run.tenant_id, job.job_id)}{index}" for index in (0, 999)]


async def test_bytes_that_are_not_those_of_the_report_fail_the_call(ground: Ground) -> None:
    runner = ground.runner
    answer = runner.answer

    def and_then_others(job: ToolJob) -> ToolResult:
        result = answer(job)
        assert runner.send(runner.forms()[0], FORGED)
        return result

    ground._launcher = FakeLauncher(answer=and_then_others)
    with pytest.raises(TickFailed, match="not in storage as the job reported it"):
        await ground.call(await taken(ground.parts, ground.run, "make"))


@pytest.mark.parametrize("ground", ["fake"], indirect=True)
async def test_two_files_of_one_place_fail_the_call(ground: Ground) -> None:
    ground.runner.reports = (0, 0)
    with pytest.raises(TickFailed, match="two artifacts have one place"):
        await ground.call(await taken(ground.parts, ground.run, "make"))
