"""Jobs of all tools beside each other, eight at a time, on one launcher: each has its own answer, nothing is left."""

import asyncio
import itertools
import json
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from fixtures.attacking.leftovers import MIB, memory_kept, memory_of_nobody, own_uids, processes_left
from fixtures.sandboxing.git_remote import GitRemote, a_git_remote
from fixtures.sandboxing.launchers import Launcher, a_job, a_key, children_of, launcher_process
from fixtures.sandboxing.presigned import PresignedStore, presigned_store
from fixtures.sandboxing.website import HOST, Website, a_website
from fixtures.waiting import until
from foundation.contracts.egress.policy import NetworkPolicy
from foundation.contracts.tool_job import JobStatus, ToolJob, ToolResult
from tool_runtime.sandbox.uids import NoFreeUidError, take_uid

AT_ONCE = 8
UIDS = 24
_SPARE = 1
_SPARE_KINDS = 3
_FEW = 5
"""Descriptors and threads that come with use and not with each job: what is opened once, and pools as they fill."""
_GROWTH = 32 * MIB
"""Of the launcher's own memory: results that it keeps for whoever asks again, and what Python does not give back."""


@dataclass(frozen=True)
class Around:
    """What the jobs work with."""

    launcher: Launcher
    site: Website
    remote: GitRemote
    store: PresignedStore
    head: str


def _told(result: ToolResult, number: int) -> bool:
    return result.stdout.strip() == str(number)


def _http(result: ToolResult, number: int) -> bool:
    return f"number {number}." in result.result["text"]


def _page(result: ToolResult, number: int) -> bool:
    return [one["text"] for one in result.result["extracted"]] == [f"number {number}."]


def _found(result: ToolResult, number: int) -> bool:
    return f"number {number}" in result.result["results"][0]["snippet"].replace("**", "")


Checks = Callable[[ToolResult, int], bool]


def arguments_of(around: Around, tool: str, number: int) -> tuple[dict[str, Any], Checks]:
    """What the job of this number is asked, and whether an answer is its own."""
    page = around.site.url(f"/{number}")
    asked: dict[str, tuple[dict[str, Any], Checks]] = {
        "code.python": ({"code": f"print({number})"}, _told),
        "code.node": ({"code": f"console.log({number})"}, _told),
        "browser": ({"steps": [{"goto": page}, {"extract": "text", "selector": "p"}, {"screenshot": "page"}]}, _page),
        "http": ({"method": "GET", "url": page}, _http),
        "search": ({"query": f'"number {number}"'}, _found),
        "git": (
            {"action": "clone", "url": around.remote.url},
            lambda result, _: bool(result.result["commit"] == around.head),
        ),
        "files": (
            {"action": "write", "path": "out/note.txt", "text": f"number {number}"},
            lambda result, _: "note.txt" in {one.name for one in result.artifacts},
        ),
    }
    return asked[tool]


TOOLS = ("code.python", "code.node", "browser", "http", "search", "git", "files")


def job_of(around: Around, tool: str, number: int) -> ToolJob:
    documents = {
        f"{n}.md": f"# Note\n\nThis is the note of number {n} and of no other.\n" for n in (number, number + 1)
    }
    inputs = [around.store.input(name, text.encode()) for name, text in documents.items()] if tool == "search" else []
    arguments, _ = arguments_of(around, tool, number)
    return a_job(
        tool=tool,
        arguments=arguments,
        inputs=inputs,
        uploads=around.store.slots(4),
        network=NetworkPolicy(hosts=sorted([HOST, around.remote.place.partition(":")[0]])),
        limits={"wall_seconds": 60, "cpu_seconds": 120, "processes": 512 if tool == "browser" else 128},
    )


async def played(around: Around, numbers: Sequence[int]) -> list[ToolResult]:
    """A job for each number, so many at once, of all tools in turn; each has the answer of its own number."""
    places = asyncio.Semaphore(AT_ONCE)

    async def play(number: int) -> ToolResult:
        tool = TOOLS[number % len(TOOLS)]
        async with places:
            result = await around.launcher.run(job_of(around, tool, number))
        assert result.status is JobStatus.SUCCEEDED, (tool, result)
        assert arguments_of(around, tool, number)[1](result, number), (tool, number, result)
        return result

    return await asyncio.gather(*map(play, numbers))


def most_at_once(results: Sequence[ToolResult]) -> int:
    moments = [(result.started_at, 1) for result in results] + [(result.ended_at, -1) for result in results]
    return max(itertools.accumulate(step for _, step in sorted(moments, key=lambda one: (str(one[0]), one[1]))))


@dataclass(frozen=True)
class Held:
    """What the launcher and the parent of its runners hold when no job runs."""

    descriptors: int
    threads: int
    runners: int


async def held(launcher: Launcher) -> Held:
    """Once the spare runners wait again and connections of jobs that ended are closed: when it stays the same."""
    before, same = None, 0
    async with asyncio.timeout(60):
        while True:
            found = await asyncio.to_thread(_held, launcher)
            same = same + 1 if found == before and found.runners == _SPARE * _SPARE_KINDS else 0
            if same > 10:
                return found
            before = found
            await asyncio.sleep(0.6)


def _held(launcher: Launcher) -> Held:
    processes = [psutil.Process(pid) for pid in (launcher.process.pid, *children_of(launcher.process.pid))]
    return Held(
        sum(one.num_fds() for one in processes),
        sum(one.num_threads() for one in processes),
        len(launcher.runners()),
    )


@pytest.fixture
async def around(tmp_path: Path, uids: frozenset[int]) -> AsyncIterator[Around]:
    async with surroundings(tmp_path) as made:
        yield made
    assert await asyncio.to_thread(processes_left, uids) == []


@asynccontextmanager
async def surroundings(folder: Path) -> AsyncIterator[Around]:
    key = a_key()
    (folder / "remote").mkdir()
    async with AsyncExitStack() as stack:
        site = await stack.enter_async_context(a_website())
        remote = await stack.enter_async_context(a_git_remote(folder / "remote"))
        store = await stack.enter_async_context(presigned_store())
        launcher = await stack.enter_async_context(
            launcher_process(
                folder,
                key,
                LOCKSTEP_SANDBOX_UID_LOCKS=str(folder / "uids"),
                LOCKSTEP_LAUNCHER_MAX_RUNNING=str(2 * AT_ONCE),
                LOCKSTEP_LAUNCHER_SPARE_RUNNERS=str(_SPARE),
                LOCKSTEP_LAUNCHER_MOST_SPARE_RUNNERS=str(_SPARE),
                LOCKSTEP_LAUNCHER_EGRESS_PRIVATE=json.dumps([*site.places, remote.place]),
            )
        )
        yield Around(launcher, site, remote, store, remote.git("rev-parse", "main").strip())


@pytest.fixture
def uids(tmp_path: Path) -> Any:
    (tmp_path / "uids").mkdir()
    with own_uids(tmp_path / "uids", UIDS) as mine:
        yield mine
        until(lambda: all_free(tmp_path / "uids", mine) or None, "the end of all runners, which give their uids back")


def all_free(folder: Path, uids: frozenset[int]) -> bool:
    """Whether each of them can be taken again."""
    with ExitStack() as again:
        try:
            for _ in uids:
                again.callback(take_uid(folder).release)
        except NoFreeUidError:
            return False
        return True


def files_of(uids: frozenset[int], *folders: Path) -> list[str]:
    return [
        entry.path
        for folder in folders
        for entry in os.scandir(folder)
        if entry.stat(follow_symlinks=False).st_uid in uids
    ]


@pytest.mark.parametrize("count", [7, pytest.param(200, marks=pytest.mark.full)])
async def test_mixed_jobs_beside_each_other_leave_nothing(
    around: Around, uids: frozenset[int], count: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    around.site.pages |= {f"/{n}": f"<title>{n}</title><p>number {n}.</p>" for n in range(count + len(TOOLS))}
    # The first of each kind fill what is filled once.
    await played(around, range(count, count + len(TOOLS)))
    before, memory, own = await held(around.launcher), memory_of_nobody(), _own_memory(around.launcher)
    results = await played(around, range(count))
    at_once = most_at_once(results)
    record_property("figures", f"{count} jobs of {len(TOOLS)} tools, {at_once} of them at once")
    assert at_once >= min(AT_ONCE, count) // 3, "jobs one after another show nothing of jobs beside each other"
    after = await held(around.launcher)
    assert after.descriptors <= before.descriptors + _FEW
    assert after.threads <= before.threads + _FEW
    assert _own_memory(around.launcher) - own <= _GROWTH
    assert await asyncio.to_thread(memory_kept, memory, at_most=64 * MIB) <= 64 * MIB
    assert files_of(uids, Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"), tmp_path) == []


def _own_memory(launcher: Launcher) -> int:
    """Of the launcher and the parent of its runners."""
    pids = (launcher.process.pid, *children_of(launcher.process.pid))
    return sum(psutil.Process(pid).memory_full_info().uss for pid in pids)
