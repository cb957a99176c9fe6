"""Fixtures that tests of several kinds share."""

import contextlib
import re
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from fixtures.attacking import table
from fixtures.machine import authorities
from fixtures.machine.postgres import ScratchDatabase, scratch_database
from fixtures.machine.processes import ServiceProcess
from fixtures.running.stack import Member, Stack, new_member
from fixtures.running.workers import Workers, a_worker, without_supervised_worker

_FOLDERS_SHOWN = 25
_OF_THE_MOMENT = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}|T[0-9:]{8}\.[0-9]{6}", re.IGNORECASE)
"""An id, or a moment to the microsecond, which is most likely the present one."""

# How long an example takes is the machine's, and no test asserts it.
settings.register_profile("lockstep", deadline=None)
settings.load_profile("lockstep")


@pytest.fixture(scope="session", autouse=True)
def authorities_read_once() -> Iterator[None]:
    with authorities.read_once():
        yield


@pytest.fixture(scope="session")
def stack() -> Stack:
    return Stack.of_environment()


@pytest.fixture
def member(stack: Stack) -> Member:
    """The owner of a tenant that nobody else uses."""
    return new_member(stack)


@pytest.fixture
def another_member(stack: Stack) -> Callable[..., Member]:
    """Makes further people: `another_member()` in a tenant of their own, or with a role in a given tenant."""
    return lambda **of: new_member(stack, **of)


@pytest.fixture(scope="session")
def scratch() -> Iterator[ScratchDatabase]:
    """A database of this session's own, from schema.sql."""
    yield from scratch_database()


@pytest.fixture(scope="module")
def quiet(stack: Stack) -> Iterator[Stack]:
    """The stack without its supervised worker: only the test's own take steps."""
    with without_supervised_worker():
        yield stack


@pytest.fixture
def workers(quiet: Stack, tmp_path: Path) -> Iterator[Workers]:
    """Starts workers, and ends them with the test: what they leave would come upon the next test's workers."""
    # Each is ended, whatever becomes of the others: one that stays takes the steps of every later test, and loses them.
    with contextlib.ExitStack() as started_here:

        def start(**settings: str) -> ServiceProcess:
            worker = a_worker(quiet, tmp_path, **settings)
            started_here.callback(worker.stop)
            # One that is to die may meet its place before it is ready, in what an earlier test left.
            worker.start(ready=None if "failpoint" in settings else "/health")
            return worker

        yield start


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Of a run of the tests that run alone, leave out the files that have none: to import all takes half a minute."""
    if not str(config.option.markexpr).startswith("serial") or not collection_path.name.startswith("test_"):
        return None
    return True if collection_path.is_file() and b"mark.serial" not in collection_path.read_bytes() else None


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes that are no text, and texts with an id or a moment in them, are named by their place in the list.

    Spelled out nobody can read the bytes, and packed ones hold the time at which they were made. An id or a moment is
    often another one in each process of a run, which would then disagree on the names of its tests and run none.
    """
    if isinstance(val, bytes):
        return None if val.isascii() and val.decode().isprintable() else argname
    return argname if isinstance(val, str) and _OF_THE_MOMENT.search(val) else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that fails tells which processes of tests have died, since often that is why."""
    report = yield
    if report.failed:
        report.sections.extend(ServiceProcess.dead())
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says how much of each large matrix was played, the figures of the tree, and where the time went."""
    seconds = defaultdict[str, float](float)
    properties: list[tuple[str, Any]] = []
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                seconds["/".join(report.nodeid.partition("::")[0].split("/")[1:-1][:3])] += report.duration
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            properties.append((name, value))
            if name in {"sample", "figures"}:
                terminalreporter.write_line(f"{report.nodeid}: {value}")
    attacks = [dict(value) for name, value in properties if name == table.PROPERTY]
    for line in table.lines_of(attacks):
        terminalreporter.write_line(line)
    for folder, spent in sorted(seconds.items(), key=lambda one: -one[1])[:_FOLDERS_SHOWN]:
        terminalreporter.write_line(f"{spent:7.0f} s of all workers in {folder}")
