"""What happens to a job when the processes around it are killed, and what it can learn of them."""

# ruff: noqa: E501

import asyncio
import contextlib
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from joserfc.jwk import OKPKey

from fixtures.sandboxing.launchers import Launcher, a_job, a_key, children_of, launcher_process
from foundation.contracts.tool_job import JobReason, JobStatus, ToolJob
from tool_runtime.sandbox.walls.bwrap import find_bwrap

LIMITS = {"wall_seconds": 60, "processes": 64}
# A tree that would live on: daemons of their own session that ignore what they can.
TREE = """
import os, signal, time
for _ in range(9):
    if not os.fork():
        os.setsid()
        for n in range(1, 32):
            if n not in (9, 19): signal.signal(n, signal.SIG_IGN)
        break
while True: time.sleep(1)
"""


@pytest.fixture
def key() -> OKPKey:
    return a_key()


@pytest.fixture
async def launcher(tmp_path: Path, key: OKPKey) -> AsyncIterator[Launcher]:
    async with launcher_process(tmp_path, key, LOCKSTEP_SECRET_MARKER="marker-of-the-launcher") as made:
        yield made


def tree_below(pid: int) -> set[int]:
    below = set(children_of(pid))
    return below.union(*(tree_below(child) for child in below)) if below else below


def alive(pids: set[int]) -> set[int]:
    """Those that still run; a zombie only waits to be counted."""
    found = set()
    for pid in pids:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if "State:\tZ" not in Path(f"/proc/{pid}/status").read_text():
                found.add(pid)
    return found


async def gone(pids: set[int]) -> None:
    async with asyncio.timeout(60):
        while alive(pids):  # noqa: ASYNC110  (the kernel sends no event for a process that is not our child)
            await asyncio.sleep(0.02)


async def running_tree(launcher: Launcher, job: ToolJob) -> tuple[int, set[int]]:
    """The runner that holds the job, and everything below it, once the whole tree is up."""
    async with asyncio.timeout(60):
        while True:
            for runner in launcher.runners():
                below = tree_below(runner)
                if len(below) >= 11:  # bwrap, the first process, the job and its nine children, less one for luck
                    return runner, below
            await asyncio.sleep(0.02)


async def test_a_killed_runner_takes_its_tree_along_and_the_job_is_told_to_be_lost(launcher: Launcher) -> None:
    job = a_job(TREE, limits=LIMITS)
    answer = asyncio.create_task(launcher.run(job))
    runner, below = await running_tree(launcher, job)
    os.kill(runner, signal.SIGKILL)
    result = await asyncio.wait_for(answer, 20)
    assert (result.status, result.reason, result.retryable) == (JobStatus.FAILED, JobReason.RUNNER_LOST, True)
    await gone(below)
    again = job.model_copy(update={"arguments": {"code": TREE}})
    second = asyncio.create_task(launcher.run(again))
    _, below = await running_tree(launcher, again)
    assert (await launcher.cancel(again)).json()["status"] == "CANCELLED"
    assert (await second).status is JobStatus.CANCELLED
    await gone(below)


async def test_killing_the_process_that_runners_are_forked_from_ends_them_and_a_new_one_takes_its_place(
    launcher: Launcher,
) -> None:
    job = a_job(TREE, limits=LIMITS)
    answer = asyncio.create_task(launcher.run(job))
    _, below = await running_tree(launcher, job)
    everything = below | tree_below(launcher.process.pid)
    for zygote in children_of(launcher.process.pid):
        os.kill(zygote, signal.SIGKILL)
    assert (await answer).reason is JobReason.RUNNER_LOST
    await gone(everything)
    assert (await launcher.run(a_job())).status is JobStatus.SUCCEEDED


async def test_a_killed_launcher_takes_every_runner_and_every_tree_along(launcher: Launcher) -> None:
    job = a_job(TREE, limits=LIMITS)
    answer = asyncio.create_task(launcher.post(job))
    _, below = await running_tree(launcher, job)
    everything = below | tree_below(launcher.process.pid)
    launcher.process.kill()
    with pytest.raises(httpx.TransportError):
        await answer
    await gone(everything)


async def test_a_launcher_told_to_stop_leaves_nothing_and_answers_what_is_open(launcher: Launcher) -> None:
    job = a_job(TREE, limits=LIMITS)
    answer = asyncio.create_task(launcher.post(job))
    _, below = await running_tree(launcher, job)
    everything = below | tree_below(launcher.process.pid)
    launcher.process.send_signal(signal.SIGTERM)
    refused = await answer
    assert (refused.status_code, refused.json()["retryable"]) == (503, True)
    assert await asyncio.wait_for(launcher.process.wait(), 20) in {0, -signal.SIGTERM}
    await gone(everything)


async def test_a_job_does_not_outlive_its_deadline_however_it_clings(launcher: Launcher) -> None:
    job = a_job(TREE, limits={"wall_seconds": 2})
    answer = asyncio.create_task(launcher.run(job))
    _, below = await running_tree(launcher, job)
    result = await answer
    assert (result.status, result.reason) == (JobStatus.TIMED_OUT, JobReason.WALL_TIME)
    assert alive(below) == set()


async def test_a_job_learns_nothing_of_the_launcher(launcher: Launcher) -> None:
    code = f"""
import os
seen = repr(os.environ) + open("/proc/self/mountinfo").read() + open("/proc/self/cgroup").read()
for pid in os.listdir("/proc"):
    for name in ("environ", "cmdline", "status"):
        try: seen += open(f"/proc/{{pid}}/{{name}}", "rb").read().decode("latin-1")
        except OSError: pass
for path in ({str(launcher.log)!r}, {__file__!r}, "/proc/{launcher.process.pid}/environ", "/proc/{launcher.process.pid}/cwd"):
    try: seen += open(path).read()
    except OSError: pass
print(any(word in seen for word in ("marker-of-the-launcher", "LOCKSTEP_", "AWS_", "PUBLIC_KEYS")))
"""
    result = await launcher.run(a_job(code))
    assert (result.stdout, result.stderr) == ("False\n", "")


async def test_one_job_sees_nothing_of_another(launcher: Launcher) -> None:
    await launcher.run(a_job("[open(f'{place}/left', 'w').close() for place in ('/tmp', '/work', '/dev/shm')]"))
    code = "import os; print(sorted(os.listdir('/work')), [n for n in os.listdir('/tmp') + os.listdir('/dev/shm') if n == 'left'])"
    assert (await launcher.run(a_job(code))).stdout == "['in', 'main.py', 'out'] []\n"


async def test_without_bubblewrap_on_the_path_nothing_runs(tmp_path: Path, key: OKPKey) -> None:
    async with launcher_process(tmp_path, key, PATH=str(tmp_path)) as launcher:
        answer = await launcher.post(a_job())
        assert answer.status_code == 503
        assert answer.json()["type"] == "urn:lockstep:problem:sandbox_unavailable"
        assert "bwrap" in answer.json()["detail"]
        health = await launcher.client.get("/health")
        assert (health.status_code, health.json()["dependencies"]["sandbox"]["status"]) == (503, "down")
        assert "job started" not in [line["message"] for line in launcher.log_lines()]


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that the job's uid may enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


async def test_bubblewrap_that_cannot_build_the_walls_runs_nothing(
    tmp_path: Path, reachable: Path, key: OKPKey
) -> None:
    broken = reachable / "bwrap"
    broken.write_text("#!/bin/sh\necho 'No permissions to create a new namespace' >&2\nexit 1\n")
    broken.chmod(0o755)
    async with launcher_process(tmp_path, key, PATH=f"{reachable}:/usr/bin:/bin") as launcher:
        answer = await launcher.post(a_job())
        assert answer.status_code == 503
        assert "No permissions to create a new namespace" in answer.json()["detail"]
        assert "job started" not in [line["message"] for line in launcher.log_lines()]


async def test_without_packages_for_sandboxed_code_nothing_runs(tmp_path: Path, key: OKPKey) -> None:
    async with launcher_process(tmp_path, key, LOCKSTEP_SANDBOX_ROOT=str(tmp_path / "empty")) as launcher:
        answer = await launcher.post(a_job())
        assert answer.status_code == 503
        assert "not installed" in answer.json()["detail"]


async def test_a_sandbox_whose_files_cannot_be_installed_runs_nothing(tmp_path: Path, key: OKPKey) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("not a folder")
    async with launcher_process(tmp_path, key, LOCKSTEP_SANDBOX_ROOT=str(occupied)) as launcher:
        answer = await launcher.post(a_job())
        assert answer.status_code == 503
        assert "not installed" in answer.json()["detail"]
        assert (await launcher.client.get("/health")).status_code == 503


async def test_bubblewrap_removed_while_the_launcher_runs_stops_the_next_job(
    tmp_path: Path, reachable: Path, key: OKPKey
) -> None:
    link = reachable / "bwrap"
    link.symlink_to(find_bwrap())
    async with launcher_process(tmp_path, key, PATH=str(reachable)) as launcher:
        assert (await launcher.run(a_job())).status is JobStatus.SUCCEEDED
        link.unlink()
        answer = await launcher.post(a_job())
        assert (answer.status_code, answer.json()["type"]) == (503, "urn:lockstep:problem:sandbox_unavailable")
