"""Step Functions forgets everything in mid-run: open runs finish in a new generation, finished steps stay finished."""

import os
import signal
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from fixtures.running.stack import Member, Stack

pytestmark = [pytest.mark.stack, pytest.mark.serial, pytest.mark.timeout(300)]

SLOW = "import time; time.sleep(8); print('slept')"


def tool(name: str, code: str, *needs: str) -> dict[str, Any]:
    return {"name": name, "kind": "tool", "tool": "code.python", "arguments": {"code": code}, "needs": list(needs)}


def workflow_process(stack: Stack) -> psutil.Process:
    """The process that listens on the address of Step Functions."""
    port = int(stack["AWS_ENDPOINT_URL"].rsplit(":", 1)[1])
    pids = {c.pid for c in psutil.net_connections("tcp") if c.status == psutil.CONN_LISTEN and c.laddr[1:] == (port,)}
    (pid,) = pids
    assert pid is not None
    return psutil.Process(pid)


@pytest.fixture
def killed(stack: Stack) -> Iterator[psutil.Process]:
    victim = workflow_process(stack)
    yield victim
    assert not victim.is_running()


@pytest.mark.full
def test_runs_that_step_functions_lost_finish_in_a_new_generation(
    stack: Stack, member: Member, killed: psutil.Process
) -> None:
    finished = member.start(
        {"steps": [tool("first", "print(1)"), tool("slow", SLOW, "first"), tool("last", "print(2)", "slow")]}
    )
    assert member.until(lambda: member.steps(finished["id"]).get("slow", {}).get("status") == "RUNNING")
    os.kill(killed.pid, signal.SIGKILL)
    pending = member.start({"steps": [tool("only", "print(3)")]})

    for run_id in (finished["id"], pending["id"]):
        run = member.ended(run_id, seconds=180)
        assert run["status"] == "COMPLETED", run
    assert member.run(finished["id"])["generation"] >= 2
    with stack.superuser() as connection:
        rows = connection.execute(
            """SELECT s.name, e.attempts, e.status FROM tool_events e JOIN steps s USING (step_id)
               WHERE e.run_id = %s ORDER BY s.name""",
            [finished["id"]],
        ).fetchall()
    assert rows == [("first", 1, "SUCCEEDED"), ("last", 1, "SUCCEEDED"), ("slow", 1, "SUCCEEDED")]
