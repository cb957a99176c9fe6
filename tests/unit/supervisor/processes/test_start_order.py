"""Processes are started in the order in which they need each other, stopped in reverse, and restarted when they die."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from fixtures.eventually import eventually
from supervisor.errors import Refused, SupervisorError
from supervisor.processes.child import State
from supervisor.processes.process import Group, Process
from supervisor.processes.stack import Stack
from supervisor.settings import Paths

SLEEP = (sys.executable, "-c", "import time; time.sleep(600)")
NEEDS = {"database": (), "queue": (), "service": ("database", "queue"), "page": ("service",)}


def quiet(_text: str, _seconds: float) -> None:
    """Nobody reads the progress."""


class Tried:
    """A stack of sleeping processes that notes what is done around them."""

    def __init__(self, folder: Path) -> None:
        self.paths = Paths(folder)
        self.paths.create()
        self.events: list[str] = []
        self.fails: set[str] = set()
        self._held: list[socket.socket] = []
        self.stack = Stack([self._process(name, after) for name, after in NEEDS.items()], self.paths)

    def port(self) -> int:
        """A port of loopback that stays this test's, as if the process listened on it."""
        held = socket.socket()
        # With this option on both sides, the check whether the port is free can still bind it.
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        self._held.append(held)
        return int(held.getsockname()[1])

    def close(self) -> None:
        for held in self._held:
            held.close()

    def _process(self, name: str, after: tuple[str, ...], **more: Any) -> Process:
        async def note_start() -> None:
            self.events.append(f"start {name}")

        async def deploy() -> None:
            if name in self.fails:
                raise SupervisorError(f"{name} is broken")
            self.events.append(f"ready {name}")

        async def save() -> None:
            self.events.append(f"stop {name}")

        async def healthy() -> bool:
            return True

        return Process(
            name=name,
            group=Group.GROUND if not after else Group.SERVICES,
            argv=SLEEP,
            environment={},
            port=self.port(),
            port_setting=f"PORT_{name}",
            healthy=healthy,
            after=after,
            prepare=note_start,
            deploy=deploy,
            save=save,
            **more,
        )


@pytest.fixture
async def tried(tmp_path: Path) -> AsyncIterator[Tried]:
    tried = Tried(tmp_path)
    yield tried
    await tried.stack.stop(tried.stack.select(), quiet)
    tried.close()


async def test_a_process_starts_when_all_that_it_needs_is_ready(tried: Tried) -> None:
    await tried.stack.start(tried.stack.select(), quiet)
    at = {event: place for place, event in enumerate(tried.events)}
    for name, after in NEEDS.items():
        assert all(at[f"ready {needed}"] < at[f"start {name}"] for needed in after)
    assert {row["state"] for row in tried.stack.status()} == {"ready"}


async def test_processes_stop_before_those_that_they_need(tried: Tried) -> None:
    await tried.stack.start(tried.stack.select(), quiet)
    pids = [child.pid for child in tried.stack.children.values()]
    tried.events.clear()
    await tried.stack.stop(tried.stack.select(), quiet)
    assert tried.events[:2] == ["stop page", "stop service"]
    assert set(tried.events[2:]) == {"stop database", "stop queue"}
    assert tried.stack.idle()
    assert not [pid for pid in pids if pid is not None and psutil.pid_exists(pid)]


async def test_what_needs_a_process_that_failed_is_not_started_and_the_failure_is_named_once(tried: Tried) -> None:
    tried.fails = {"database"}
    with pytest.raises(SupervisorError) as failed:
        await tried.stack.start(tried.stack.select(), quiet)
    assert str(failed.value) == "database is broken"
    assert "start service" not in tried.events
    assert tried.stack.children["database"].state is State.STOPPED


async def test_a_process_that_dies_is_started_and_deployed_again(tried: Tried) -> None:
    await tried.stack.start(tried.stack.select(names=["database"]), quiet)
    child = tried.stack.children["database"]
    assert child.pid is not None
    psutil.Process(child.pid).kill()

    async def is_back() -> bool:
        return child.restarts == 1 and child.state is State.READY

    await eventually(is_back)
    assert tried.events == ["start database", "ready database"] * 2


async def test_variables_that_a_process_is_given_for_once_outlive_its_death_and_end_with_its_stop(tried: Tried) -> None:
    stack, chosen = tried.stack, tried.stack.select(names=["database"])
    [child] = chosen

    def given() -> str | None:
        return None if child.pid is None else psutil.Process(child.pid).environ().get("ONCE")

    child.environment = {"ONCE": "yes"}
    await stack.start(chosen, quiet)
    assert given() == "yes"
    assert child.pid is not None
    psutil.Process(child.pid).kill()

    async def is_back() -> bool:
        return child.restarts == 1 and child.state is State.READY

    await eventually(is_back)
    assert given() == "yes"
    await stack.stop(chosen, quiet)
    await stack.start(chosen, quiet)
    assert given() is None


async def test_a_process_that_does_not_end_when_it_is_told_to_is_killed_and_named(tried: Tried) -> None:
    ignoring = "signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True)"
    deaf = f"import signal, time; {ignoring}; time.sleep(600)"
    log = tried.paths.logs / "deaf.log"

    async def healthy() -> bool:
        return "deaf" in log.read_text()

    process = Process(
        name="deaf", group=Group.GROUND, argv=(sys.executable, "-c", deaf), environment={}, port=tried.port(),
        port_setting="PORT", healthy=healthy, grace_seconds=0.2,
    )  # fmt: skip
    stack = Stack([process], tried.paths)
    await stack.start(stack.select(), quiet)
    told: list[str] = []
    await stack.stop(stack.select(), lambda text, _seconds: told.append(text))
    assert told == ["deaf did not end by itself, and is killed"]
    assert stack.idle()


async def test_a_stopped_process_leaves_none_of_its_children(tried: Tried, tmp_path: Path) -> None:
    script = f"import subprocess,sys,time; subprocess.Popen({SLEEP!r}); time.sleep(600)"
    child = tried.stack.children["database"]
    process = Process(
        name="parent", group=Group.GROUND, argv=(sys.executable, "-c", script), environment={}, port=tried.port(),
        port_setting="PORT", healthy=child.process.healthy,
    )  # fmt: skip
    stack = Stack([process], tried.paths)
    await stack.start(stack.select(), quiet)
    pid = stack.children["parent"].pid
    assert pid is not None
    family = psutil.Process(pid)

    async def has_a_child() -> bool:
        return bool(family.children())

    await eventually(has_a_child)
    [grandchild] = family.children()
    await stack.stop(stack.select(), quiet)
    await asyncio.to_thread(psutil.wait_procs, [family, grandchild], timeout=10)
    assert not family.is_running()
    assert not grandchild.is_running()


def test_an_unknown_name_or_group_is_refused_with_the_known_ones(tried: Tried) -> None:
    with pytest.raises(Refused, match="no process is called pge; known: database, queue, service, page"):
        tried.stack.select(names=["pge"])
    with pytest.raises(Refused, match="no group is called sky; known: ground, services"):
        tried.stack.select(only="sky")
    assert [child.process.name for child in tried.stack.select(only="ground")] == ["database", "queue"]
