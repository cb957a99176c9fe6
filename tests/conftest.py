"""Fixtures that tests of several kinds share."""

from collections.abc import Callable, Iterator

import pytest

from fixtures.machine.postgres import ScratchDatabase, scratch_database
from fixtures.running.stack import Member, Stack, new_member


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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says how much of each large matrix was played, and the figures of the tree."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name in {"sample", "figures"}:
                terminalreporter.write_line(f"{report.nodeid}: {value}")
