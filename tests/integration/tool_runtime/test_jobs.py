"""Jobs through the launcher, as a worker sends them."""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from joserfc.jwk import OKPKey

from fixtures.sandboxing.launchers import Launcher, a_job, a_key, a_token
from fixtures.sandboxing.presigned import PresignedStore
from foundation.contracts.tool_job import JobReason, JobStatus

CHART = """
import json
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

frame = pd.read_csv("in/data/table.csv")
means = frame.groupby("kind")["size"].mean()
means.plot.bar()
plt.savefig("out/charts.png")
json.dump({"means": means.to_dict(), "sum": int(np.sum(frame["size"]))}, open("out/result.json", "w"))
print(len(frame))
"""


async def test_code_computes_on_its_inputs_and_its_files_arrive_where_they_were_allowed(
    launcher: Launcher, store: PresignedStore
) -> None:
    table = store.input("data/table.csv", b"kind,size\na,1\na,3\nb,10\n")
    slots = store.slots(3)
    result = await launcher.run(a_job(CHART, inputs=[table], uploads=slots))
    assert (result.status, result.stderr, result.exit_code) == (JobStatus.SUCCEEDED, "", 0)
    assert result.result == {"means": {"a": 2.0, "b": 10.0}, "sum": 14}
    assert result.stdout == "3\n"
    assert [(a.index, a.name, a.content_type) for a in result.artifacts] == [
        (0, "result.json", "application/json"),
        (1, "charts.png", "image/png"),
    ]
    for artifact in result.artifacts:
        stored = store.objects[slots[artifact.index].fields["key"]]
        assert (len(stored), hashlib.sha256(stored).hexdigest()) == (artifact.size, artifact.sha256)
    assert store.objects[slots[1].fields["key"]].startswith(b"\x89PNG")
    assert store.refused == []
    assert result.usage.max_rss_bytes > 30_000_000
    assert result.started_at is not None
    assert result.ended_at >= result.started_at


async def test_code_that_raises_is_a_failed_result_with_its_words_and_what_it_left(
    launcher: Launcher, store: PresignedStore
) -> None:
    code = "open('out/partial.txt', 'w').write('half')\nraise RuntimeError('no')"
    result = await launcher.run(a_job(code, uploads=store.slots(1)))
    assert (result.status, result.reason, result.exit_code) == (JobStatus.FAILED, JobReason.EXIT_CODE, 1)
    assert "RuntimeError: no" in result.stderr
    assert [artifact.name for artifact in result.artifacts] == ["partial.txt"]
    assert not result.retryable


async def test_a_deadline_of_the_arguments_tightens_that_of_the_job(launcher: Launcher) -> None:
    job = a_job(arguments={"code": "import time\nprint('begun', flush=True)\ntime.sleep(60)", "timeout_seconds": 1})
    result = await launcher.run(job)
    assert (result.status, result.reason, result.stdout) == (JobStatus.TIMED_OUT, JobReason.WALL_TIME, "begun\n")


async def test_what_has_no_slot_is_named_and_nothing_else_is_lost(launcher: Launcher, store: PresignedStore) -> None:
    result = await launcher.run(a_job("for n in 'abc': open(f'out/{n}', 'w').write(n)", uploads=store.slots(2)))
    assert [artifact.name for artifact in result.artifacts] == ["a", "b"]
    assert [(entry.path, entry.reason) for entry in result.skipped] == [("c", "there is no place for more files")]


async def test_a_result_that_is_not_json_is_said_to_be_none_and_stays_a_file(
    launcher: Launcher, store: PresignedStore
) -> None:
    result = await launcher.run(a_job("open('out/result.json', 'w').write('[NaN]')", uploads=store.slots(1)))
    assert (result.status, result.result) == (JobStatus.SUCCEEDED, None)
    assert result.result_error is not None
    assert [artifact.name for artifact in result.artifacts] == ["result.json"]


@pytest.mark.parametrize(
    ("change", "reason", "retryable"),
    [
        ({"sha256": "0" * 64}, JobReason.INPUT_MISMATCH, False),
        ({"size": 3}, JobReason.INPUT_MISMATCH, False),
        ({"size": 5}, JobReason.INPUT_MISMATCH, False),
        ({"url": "/inputs/other"}, JobReason.INPUT_UNAVAILABLE, False),
        ({"url": "http://127.0.0.1:9/x"}, JobReason.INPUT_UNAVAILABLE, True),
    ],
)
async def test_an_input_that_is_not_what_it_should_be_stops_the_job_before_it_runs(
    launcher: Launcher, store: PresignedStore, change: dict[str, Any], reason: JobReason, *, retryable: bool
) -> None:
    if change.get("url", "").startswith("/"):
        change = {"url": store.url + change["url"]}
    result = await launcher.run(a_job("print('ran')", inputs=[store.input("a", b"1234", **change)]))
    assert (result.status, result.reason, result.retryable) == (JobStatus.FAILED, reason, retryable)
    assert (result.stdout, result.started_at) == ("", None)


async def test_an_upload_survives_a_passing_failure(launcher: Launcher, store: PresignedStore) -> None:
    store.failures_left = 2
    result = await launcher.run(a_job("open('out/a', 'w').write('x')", uploads=store.slots(1)))
    assert result.status is JobStatus.SUCCEEDED
    assert b"x" in store.objects.values()


async def test_an_upload_that_is_refused_fails_the_job(launcher: Launcher, store: PresignedStore) -> None:
    slot = store.slot(0, max_bytes=3)
    result = await launcher.run(a_job("open('out/a', 'w').write('four')", uploads=[slot]))
    assert (result.status, result.reason, result.retryable) == (JobStatus.FAILED, JobReason.UPLOAD_FAILED, False)
    assert store.refused == ["too large"]


async def test_the_same_job_sent_twice_at_once_and_again_later_runs_once(
    launcher: Launcher, store: PresignedStore
) -> None:
    job = a_job("import os; print(os.urandom(8).hex())")
    first, second = await asyncio.gather(launcher.run(job), launcher.run(job))
    later = await launcher.run(job.model_copy(update={"expires_at": datetime.now(UTC) + timedelta(hours=1)}))
    assert first == second == later
    other = await launcher.post(job.model_copy(update={"arguments": {"code": "print(1)"}}))
    assert (other.status_code, other.json()["type"]) == (422, "urn:lockstep:problem:idempotency_key_reused")


async def test_cancelling_ends_the_job_at_once(launcher: Launcher) -> None:
    job = a_job("import time; time.sleep(60)", limits={"wall_seconds": 60})
    running = asyncio.create_task(launcher.run(job))
    await launcher.log_line(message="job started", job_id=str(job.job_id))
    answer = await launcher.cancel(job)
    result = await running
    assert answer.json()["status"] == "CANCELLED"
    assert (result.status, result.reason) == (JobStatus.CANCELLED, JobReason.CANCELLED)


async def test_more_jobs_than_may_wait_are_refused_with_a_time_to_come_back(launcher: Launcher) -> None:
    jobs = [a_job("import time; time.sleep(60)", limits={"wall_seconds": 60}) for _ in range(5)]
    running = [asyncio.create_task(launcher.run(job)) for job in jobs]
    await launcher.metrics_say("tool_jobs_running 2.0", "tool_jobs_queued 3.0")
    refused = await launcher.post(a_job())
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) >= 1
    for job in jobs:
        await launcher.cancel(job)
    assert {result.status for result in await asyncio.gather(*running)} == {JobStatus.CANCELLED}


async def test_the_trace_and_the_owner_stand_in_the_runners_log(launcher: Launcher) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    job = a_job(traceparent=f"00-{trace}-00f067aa0ba902b7-01")
    await launcher.run(job)
    for message in ("job started", "job ended"):
        line = await launcher.log_line(message=message, job_id=str(job.job_id))
        assert (line["trace_id"], line["tenant_id"], line["run_id"], line["step_id"]) == (
            trace, str(job.tenant_id), str(job.run_id), str(job.step_id),
        )  # fmt: skip


async def test_health_names_the_sandbox_and_metrics_count_jobs(launcher: Launcher) -> None:
    await launcher.run(a_job())
    health = (await launcher.client.get("/health")).json()
    assert (health["status"], health["dependencies"]["sandbox"]["status"]) == ("ok", "up")
    figures = await launcher.figures()
    assert 'tool_jobs_total{reason="",status="SUCCEEDED",tool="code.python"}' in figures


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"tool": "shell"}, 404),
        ({"arguments": {}}, 400),
        ({"arguments": {"code": "1", "surplus": 1}}, 400),
        ({"arguments": {"code": ""}}, 400),
        ({"surplus": 1}, 400),
        ({"v": 2}, 400),
    ],
)
async def test_a_job_that_cannot_be_meant_is_a_problem_document(
    launcher: Launcher, body: dict[str, Any], status: int
) -> None:
    answer = await launcher.client.post("/jobs", json={**a_job().model_dump(mode="json"), **body})
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_a_body_over_the_limit_is_refused(launcher: Launcher) -> None:
    answer = await launcher.client.post("/jobs", content=b"x" * (17 << 20))
    assert answer.status_code == 413


async def test_only_the_orchestrators_tokens_open_the_door(launcher: Launcher, key: OKPKey) -> None:
    outsider = a_key(kid="test")
    wrong = {
        "nothing": None,
        "another key": a_token(outsider),
        "another audience": a_token(key, audience="llm_gateway"),
        "garbage": "x.y.z",
    }
    for name, token in wrong.items():
        headers = {"Authorization": f"Bearer {token}"} if token else {"Authorization": ""}
        answer = await launcher.client.post("/jobs", json=a_job().model_dump(mode="json"), headers=headers)
        assert answer.status_code == 401, name
        assert (await launcher.client.delete(f"/jobs/{uuid4()}", headers=headers)).status_code == 401, name
    neighbour = a_token(key, service="control_plane")
    assert (await launcher.post(a_job(), token=neighbour)).status_code == 403


async def test_no_lease_is_given_to_a_stranger(launcher: Launcher, key: OKPKey) -> None:
    for token in ("guess", a_token(key)):
        headers = {"Authorization": f"Bearer {token}"}
        assert (await launcher.client.post("/leases", headers=headers)).status_code == 401
        assert (await launcher.client.get("/leases/x/cancellation", headers=headers)).status_code == 401


async def test_an_unknown_job_cannot_be_cancelled(launcher: Launcher) -> None:
    assert (await launcher.cancel(a_job())).status_code == 404


REAL_FILES = """
import gzip
import pandas as pd
frame = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
frame.to_excel("out/table.xlsx")
frame.to_parquet("out/table")
frame.to_csv("out/table.csv.gz")
frame.to_csv("out/table.csv")
frame.to_html("out/part.html")
open("out/chart.png", "w").write("<html><script>1</script></html>")
"""


async def test_files_are_typed_by_what_they_are(launcher: Launcher, store: PresignedStore) -> None:
    result = await launcher.run(a_job(REAL_FILES, uploads=store.slots(6)))
    assert (result.status, result.stderr) == (JobStatus.SUCCEEDED, "")
    assert {artifact.name: artifact.content_type for artifact in result.artifacts} == {
        "table.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "table": "application/vnd.apache.parquet",
        "table.csv.gz": "application/gzip",
        "table.csv": "text/csv",
        "part.html": "text/html",
        "chart.png": "text/html",
    }
