"""A daemon goes on with the code that it was started with: what it does not understand is told as that, and it ends."""

import asyncio
import contextlib
import json
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from supervisor import control
from supervisor.commands import client
from supervisor.control import END, NotUnderstood, Request
from supervisor.errors import SupervisorError
from supervisor.processes import pid_files
from supervisor.settings import Paths


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    made = Paths(tmp_path)
    made.create()
    return made


@contextlib.asynccontextmanager
async def a_daemon(paths: Paths, *said: dict[str, bool]) -> AsyncIterator[list[bytes]]:
    """Says this to every command, and hangs up; the commands that it got are yielded."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if line := await reader.readline():
            heard.append(line)
            writer.writelines(control.as_line(message) for message in said)
        writer.close()

    async with await asyncio.start_unix_server(serve, control.socket_path(paths)):
        yield heard


async def test_a_daemon_that_hangs_up_has_not_understood(paths: Paths) -> None:
    async with a_daemon(paths):
        with pytest.raises(NotUnderstood, match="make stop-local"):
            await client.perform(paths, Request("restart", names=["redis"]))


async def test_an_end_without_changes_is_an_end(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    async with a_daemon(paths, END):
        await client.perform(paths, Request("up"))
    assert "nothing to do" in capsys.readouterr().out


async def test_a_command_names_only_what_it_uses(paths: Paths) -> None:
    async with a_daemon(paths, END) as heard:
        await client.perform(paths, Request("down"))
    assert [json.loads(line) for line in heard] == [{"command": "down"}]


@pytest.mark.parametrize("line", [b"no json\n", b'{"command": "up", "colour": "red"}\n', b"[]\n", b"{}\n"])
def test_a_daemon_says_of_a_command_that_it_does_not_know_it(line: bytes) -> None:
    with pytest.raises(SupervisorError, match="another version"):
        Request.parse(line)


@pytest.fixture
def deaf_daemon(paths: Paths) -> psutil.Process:
    """A process that is noted as the supervisor, and is no child of ours, as the supervisor is of no command."""
    command = ("sh", "-c", "sleep 600 >/dev/null 2>&1 & echo $!")
    started = psutil.Process(int(subprocess.run(command, capture_output=True, check=True).stdout))
    pid_files.write(paths, "supervisor", started.pid)
    return started


async def test_stopping_ends_a_daemon_that_does_not_understand(paths: Paths, deaf_daemon: psutil.Process) -> None:
    async with a_daemon(paths):
        await client.down(paths)
    assert not deaf_daemon.is_running()
