"""No sandbox, no execution: with bubblewrap out of reach a tool step fails with a clear error, and nothing runs."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.machine.free_port import free_port
from fixtures.machine.processes import ServiceProcess
from fixtures.machine.programs import programs_but
from fixtures.running.stack import Member, Stack
from fixtures.running.workers import a_worker, without_supervised_worker

pytestmark = [pytest.mark.stack, pytest.mark.serial]


@pytest.fixture
def launcher_without_bubblewrap(stack: Stack, tmp_path: Path) -> Iterator[ServiceProcess]:
    """A launcher that finds every program of this machine but `bwrap`."""
    programs = programs_but("bwrap", folder=tmp_path / "programs", path=os.environ["PATH"])
    port = free_port()
    keys = Path(__file__).parents[2] / ".local" / "run"
    environment = {
        "PATH": str(programs),
        "LOCKSTEP_PORT_LAUNCHER": str(port),
        "LOCKSTEP_SANDBOX_ROOT": str(tmp_path / "sandbox"),
        "LOCKSTEP_SERVICE_PUBLIC_KEYS_FILE": str(keys / "service-public-keys.json"),
        "LOCKSTEP_LAUNCHER_SECRET_KEYS_FILE": str(keys / "tenant-secret-keys.json"),
    }
    url = f"http://127.0.0.1:{port}"
    process = ServiceProcess("tool_runtime.launcher", url=url, environment=environment, log=tmp_path / "launcher.log")
    process.start()
    yield process
    process.stop()


def test_without_bubblewrap_the_step_fails_and_nothing_runs(
    stack: Stack, member: Member, launcher_without_bubblewrap: ServiceProcess, tmp_path: Path
) -> None:
    proof = tmp_path / "it-ran"
    code = f"open({str(proof)!r}, 'w').write('it ran')"
    with without_supervised_worker():
        worker = a_worker(stack, tmp_path, launcher_url=launcher_without_bubblewrap.url)
        worker.start()
        try:
            step = {"name": "only", "kind": "tool", "tool": "code.python", "arguments": {"code": code}}
            run = member.ended(member.start({"steps": [step]})["id"])
        finally:
            worker.stop()
    assert run["status"] == "FAILED"
    failure = run["error"]["failures"][0]
    assert failure["code"] == "sandbox_unavailable"
    assert "bwrap" in failure["detail"] or "bubblewrap" in failure["detail"]
    assert member.steps(run["id"])["only"]["attempt"] == 1
    assert not proof.exists()
    with stack.superuser() as connection:
        rows = connection.execute("SELECT status FROM tool_events WHERE run_id = %s", [run["id"]]).fetchall()
    # Nothing ran, and the audit says so: its row ended with the step.
    assert rows == [("FAILED",)]
