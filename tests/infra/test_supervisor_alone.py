"""A supervisor with a folder and ports of its own: how it starts, refuses and ends, shown with Redis only."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from fixtures.machine.free_port import free_port
from fixtures.waiting import until
from supervisor import env_file
from supervisor.settings import ROOT

PORTS = ("postgres", "redis", "workflow", "objects", "control_plane", "gateway", "launcher", "simulated_provider")
UP_AS_RECONCILING_DOES = """
import asyncio
from supervisor.commands import client, programs
from supervisor.settings import Settings
asyncio.run(client.up(Settings(), only="ground", needs=programs.OF_RECONCILING))
"""


@dataclass
class Alone:
    """The command line of a stack that nothing else knows."""

    folder: Path
    environment: dict[str, str]

    def do(self, *arguments: str, program: Sequence[str] = ("-m", "supervisor")) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *program, *arguments],
            env={**os.environ, **self.environment},
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )

    def pid(self, name: str) -> int:
        return int(json.loads((self.folder / "run" / f"{name}.pid").read_text())["pid"])

    def row(self, name: str) -> list[str]:
        return next(line.split() for line in self.do("status").stdout.splitlines() if line.startswith(name))

    def alive(self) -> list[str]:
        """Whatever runs with this folder on its command line or in its environment."""
        found = []
        for process in psutil.process_iter(["cmdline"]):
            try:
                told = [*(process.info["cmdline"] or []), *process.environ().values()]
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
            if any(str(self.folder) in word for word in told) and process.pid != os.getpid():
                found.append(" ".join(process.info["cmdline"] or []))
        return found


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Alone]:
    folder = tmp_path / "local"
    ports = {name: free_port() for name in PORTS}
    stack = Alone(
        folder,
        {
            "PYTHONPATH": str(ROOT / "localstack"),
            "LOCKSTEP_LOCAL_DIR": str(folder),
            # Or a reset would take the project's own.
            "LOCKSTEP_SANDBOX_ROOT": str(tmp_path / "sandbox"),
            **{f"LOCKSTEP_PORT_{name.upper()}": str(port) for name, port in ports.items()},
            # With them the ports of figures, too, lie below those that Linux lends to connections.
            "LOCKSTEP_PORT_METRICS_ABOVE": "1000",
        },
    )
    yield stack
    stack.do("down")
    assert stack.alive() == []


def test_starting_twice_starts_once(alone: Alone) -> None:
    assert "redis is ready" in alone.do("start", "redis").stdout
    before = alone.pid("redis")
    assert "nothing to do" in alone.do("start", "redis").stdout
    assert alone.pid("redis") == before


def test_down_leaves_no_process(alone: Alone) -> None:
    alone.do("start", "redis", "postgres")
    assert alone.alive()
    assert alone.do("down").returncode == 0
    assert alone.alive() == []


def test_a_process_that_dies_is_started_again(alone: Alone) -> None:
    alone.do("start", "redis")
    first = alone.pid("redis")
    os.kill(first, signal.SIGKILL)
    until(lambda: {"ready", "1"} <= set(alone.row("redis")) or None, "the restart of redis")
    assert alone.pid("redis") != first


def test_what_a_killed_supervisor_left_is_ended(alone: Alone) -> None:
    alone.do("start", "redis", "postgres")
    os.kill(alone.pid("supervisor"), signal.SIGKILL)
    assert alone.alive()
    said = alone.do("down").stdout
    assert "redis, left over from a supervisor that was killed, is ended" in said
    assert "postgres, left over from a supervisor that was killed, is ended" in said
    assert alone.alive() == []


@pytest.mark.full
def test_a_stack_starts_after_its_supervisor_was_killed(alone: Alone) -> None:
    alone.do("start", "redis")
    os.kill(alone.pid("supervisor"), signal.SIGKILL)
    assert "redis is ready" in alone.do("start", "redis").stdout


def test_a_taken_port_is_named_and_nothing_is_started(alone: Alone) -> None:
    with socket.create_server(("127.0.0.1", int(alone.environment["LOCKSTEP_PORT_POSTGRES"]))):
        refused = alone.do("start", "redis", "postgres")
    assert refused.returncode == 1
    assert "set LOCKSTEP_PORT_POSTGRES to a free one" in refused.stderr
    until(lambda: not alone.alive() or None, "the end of the supervisor that has nothing to do")


@pytest.mark.full
def test_a_running_stack_is_not_mistaken_for_one_with_other_settings(alone: Alone) -> None:
    alone.do("start", "redis")
    before = alone.environment["LOCKSTEP_PORT_REDIS"]
    alone.environment["LOCKSTEP_PORT_REDIS"] = str(free_port())
    refused = alone.do("up", "--only", "ground")
    assert refused.returncode == 1
    assert "runs with another LOCKSTEP_PORT_REDIS" in refused.stderr
    assert f"export LOCKSTEP_PORT_REDIS={before}" in refused.stderr


@pytest.mark.full
def test_a_command_that_needs_one_setting_of_a_running_stack_does_not_look_at_the_others(alone: Alone) -> None:
    alone.do("up", "--only", "ground")
    alone.environment["LOCKSTEP_WEBHOOK_PRIVATE"] = '["hooks.inside.example:9100=127.0.0.1"]'
    assert alone.do("up", "--only", "ground").returncode == 1
    assert alone.do(program=("-c", UP_AS_RECONCILING_DOES)).returncode == 0
    other = alone.folder / "other.toml"
    other.write_text("")
    alone.environment["LOCKSTEP_EXTRA_ROUTES_FILES"] = str(other)
    assert "runs with another LOCKSTEP_EXTRA_ROUTES_FILES" in alone.do(program=("-c", UP_AS_RECONCILING_DOES)).stderr


def test_a_provider_key_that_the_running_stack_does_not_have_is_noticed(alone: Alone) -> None:
    alone.do("start", "redis")
    alone.environment["OPENAI_API_KEY"] = "sk-of-a-person"
    refused = alone.do("up", "--only", "ground")
    assert "runs with another OPENAI_API_KEY" in refused.stderr
    assert "unset OPENAI_API_KEY" in refused.stderr
    assert "sk-of-a-person" not in (alone.folder / "logs" / "supervisor.log").read_text()


def test_a_shell_with_the_stack_s_own_variables_is_no_other_one(alone: Alone) -> None:
    alone.do("start", "redis")
    alone.environment |= env_file.read(alone.folder / "env")
    assert "nothing to do" in alone.do("start", "redis").stdout


def test_an_unknown_process_is_refused_by_name(alone: Alone) -> None:
    refused = alone.do("start", "postgers")
    assert "no process is called postgers" in refused.stderr


@pytest.mark.full
def test_data_survives_down_and_not_reset(alone: Alone) -> None:
    alone.do("start", "redis")
    alone.do("down")
    assert (alone.folder / "state" / "redis").is_dir()
    assert alone.do("reset").returncode == 0
    assert not (alone.folder / "state").exists()
