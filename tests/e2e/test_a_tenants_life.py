"""A tenant from nothing to its certificate, by the client alone: the guide's own lines are the program that is run.

Whether they are calls that the client has is looked at in `make test` too, where it is compared with the API.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fixtures.machine.free_port import free_port
from fixtures.machine.processes import ROOT, ServiceProcess
from fixtures.python_client.pasting import python_blocks
from fixtures.running.stack import Stack
from fixtures.running.workers import supervisor

pytestmark = [pytest.mark.stack, pytest.mark.serial, pytest.mark.full]

PAGE = ROOT / "docs" / "guides" / "a-tenants-life.md"
GUIDE = PAGE.read_text(encoding="utf-8")
_PERSON = """
import builtins
from fixtures.python_client.browsing_person import does_what_is_asked

def print(*words):
    builtins.print(*words, flush=True)
    does_what_is_asked(" ".join(map(str, words)))
"""
_FACTS = """
print(json.dumps({
    "budget": budget.cost_usd, "event": told["type"], "run": run.status, "cost": run.usage.cost_usd,
    "fired": str(run.task_id) == str(task.id), "actions": sorted({action for _, action in done}),
    "asked": asked.status, "certificate": certificate.claims.to_dict(), "tenant": str(tenant_id),
}))
"""


@pytest.fixture
def opened(stack: Stack, tmp_path: Path) -> Iterator[int]:
    """A port that an operator has opened to webhooks as the guide does, but one that is free here."""
    [line] = re.findall(r"^export LOCKSTEP_WEBHOOK_PRIVATE='(.*)'$", GUIDE, re.MULTILINE)
    [shown] = re.findall(r"^export RECEIVER_PORT=(\d+)$", GUIDE, re.MULTILINE)
    port = free_port()
    environment = _environment_of_control_plane() | {"LOCKSTEP_WEBHOOK_PRIVATE": line.replace(shown, str(port))}
    api = ServiceProcess(
        "control_plane", url=stack["LOCKSTEP_API_URL"], environment=environment, log=tmp_path / "control-plane.log"
    )
    supervisor("stop", "control-plane")
    try:
        api.start()
        yield port
    finally:
        api.stop()
        supervisor("start", "control-plane")


def _environment_of_control_plane() -> dict[str, str]:
    """What the supervisor gave its own, so that the one in its place differs in what was opened alone."""
    run = Path(os.environ.get("LOCKSTEP_LOCAL_DIR", ROOT / ".local")) / "run"
    pid = json.loads((run / "control-plane.pid").read_text())["pid"]
    given = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(one.split("=", 1) for one in given if "=" in one)


def _lived(stack: Stack, port: int) -> dict[str, Any]:
    pasted = [_PERSON, *python_blocks(PAGE), _FACTS]
    paths = os.pathsep.join(str(ROOT / name) for name in ("tests", "clients/python"))
    done = subprocess.run(
        [sys.executable, "-m", "fixtures.python_client.pasting"],
        cwd=ROOT,
        env={**stack.environment, "PYTHONPATH": paths, "RECEIVER_PORT": str(port)},
        input=json.dumps(pasted),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    facts: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return facts


def test_a_tenant_lives_and_leaves_as_the_guide_says(stack: Stack, opened: int) -> None:
    facts = _lived(stack, opened)
    assert (facts["budget"], facts["event"], facts["run"]) == ("5", "run.completed", "COMPLETED")
    assert facts["fired"]
    assert float(facts["cost"]) > 0
    assert {"invitation.accept", "api_key.create", "budget.put", "schedule.create"} <= set(facts["actions"])
    assert facts["asked"] == "scheduled"
    certificate = facts["certificate"]
    assert certificate["removed"]["runs"] == 1
    with stack.superuser() as connection:
        left = connection.execute("SELECT count(*) FROM runs WHERE tenant_id = %s", [facts["tenant"]]).fetchone()
    assert left == (0,)
