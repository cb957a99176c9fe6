"""Fixtures that tests of several kinds share."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fixtures.machine.postgres import ScratchDatabase, scratch_database
from fixtures.machine.processes import ServiceProcess
from fixtures.running.stack import Member, Stack, new_member
from fixtures.running.workers import Workers, a_worker, without_supervised_worker


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
    started_here: list[ServiceProcess] = []

    def start(**settings: str) -> ServiceProcess:
        worker = a_worker(quiet, tmp_path, **settings)
        # One that is to die may meet its place before it is ready, in what an earlier test left.
        worker.start(ready=None if "failpoint" in settings else "/health")
        started_here.append(worker)
        return worker

    yield start
    for worker in started_here:
        worker.stop()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says how much of each large matrix was played, and the figures of the tree."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name in {"sample", "figures"}:
                terminalreporter.write_line(f"{report.nodeid}: {value}")
