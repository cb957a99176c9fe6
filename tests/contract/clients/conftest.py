"""What real clients meet: a gateway of theirs, one simulated provider behind three wires, and the books of both."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from fixtures.gateways.gateway import GatewayProcess, Signing, Tenant, running_gateway_process
from fixtures.machine.postgres import ScratchDatabase, scratch_database
from fixtures.machine.redis_server import RedisServer, running_redis
from fixtures.money.ledger import recorded_events
from fixtures.providers.simulated import SimulatedProvider, running_simulated_provider
from fixtures.vendors.clients import Clients, Play, Settled, running_clients

ROUTES = Path(__file__).with_name("routes.toml")
GUIDE = """
turns:
  - text: Let me look.
    tool_calls:
      - {name: weather, arguments: {place: Palmer Station}}
      - {name: tide, arguments: {place: Ørsta}}
  - text: "It is ${last.celsius} degrees."
"""
"""What the model guide says."""
READER = """
turns:
  - tool_calls:
      - {{name: Read, arguments: {{file_path: {file}}}}}
  - text: "The file says: ${{last}}"
"""
"""What the model reader says."""


FORECAST = """
turns:
  - text: Let me look.
    tool_calls:
      - {name: weather, arguments: {}}
  - text: It is cold.
"""
"""What the model forecast says."""
SHELL = """
turns:
  - tool_calls:
      - {name: exec_command, arguments: {cmd: cat penguins.txt}}
  - text: "The command said: ${last}"
"""
"""What the model shell says."""
PDF_READER = """
turns:
  - tool_calls:
      - {{name: Read, arguments: {{file_path: {file}}}}}
  - text: "I have read it."
"""
"""What the model pdf-reader says."""
MENDER = """
turns:
  - text: I run the tests.
    tool_calls:
      - {name: Bash, arguments: {command: "python3 -m unittest -q 2>&1 | tail -1"}}
  - tool_calls:
      - {name: Read, arguments: {file_path: /work/repository/sums.py}}
  - tool_calls:
      - {name: Edit, arguments: {file_path: /work/repository/sums.py, old_string: a - b, new_string: a + b}}
  - tool_calls:
      - {name: Bash, arguments: {command: "python3 -m unittest -q 2>&1 | tail -1"}}
  - text: "The tests say ${last}"
"""
"""What the model mender says to Claude Code."""
PATCHER = """
turns:
  - tool_calls:
      - {name: exec_command, arguments: {cmd: python3 -m unittest -q}}
  - tool_calls:
      - {name: exec_command, arguments: {cmd: "sed -i 's/a - b/a + b/' sums.py"}}
  - tool_calls:
      - {name: exec_command, arguments: {cmd: "python3 -m unittest -q 2>&1 | tail -1"}}
  - text: "The tests say ${last}"
"""
"""What the model patcher says to Codex."""
COMMITTER = """
turns:
  - tool_calls:
      - name: Bash
        arguments: {command: "sed -i 's/a - b/a + b/' sums.py && touch noise.log && git commit -qam mended"}
  - text: It is committed.
"""
"""What the model committer says."""
PROWLER = """
turns:
  - tool_calls:
      - {name: Bash, arguments: {command: python3 prowl.py, timeout: 60000}}
  - text: "${last}"
"""
"""What the model prowler says."""
SLEEPER = """
turns:
  - tool_calls:
      - {name: Bash, arguments: {command: "touch begun; sleep 600"}}
"""
"""What the model sleeper says."""
_PARTS = (
    "mkdir -p .vscode && echo x > .vscode/settings.json && echo A >> /tmp/done",
    "git init -q . ; echo x > .git/hooks/pre-commit; git config user.name a && echo B >> /tmp/done",
    "mkdir -p .claude/commands && echo '{}' > .claude/settings.json; echo C >> /tmp/done",
    "cd /tmp && git -C /work/repository status > /dev/null && echo D >> /tmp/done",
    "cd .. && cd repository && git add -A && git -c user.email=b commit -qnm x; rm -rf ~/x; echo E >> /tmp/done",
    "sed -i 's/a/b/' sums.py; eval 'echo F >> /tmp/done'; source /dev/null",
    "for f in *.py; do wc -l $f | cut -d' ' -f1; done > /tmp/n; (echo G >> /tmp/done) & wait; echo $(date) | xargs",
    "cat /tmp/done",
)
BUSY = json.dumps(
    {
        "turns": [
            *({"tool_calls": [{"name": "Bash", "arguments": {"command": command}}]} for command in _PARTS),
            {"text": "${last}"},
        ]
    }
)
"""What the model busy says, which is YAML too: commands of several parts, some of which Claude Code asks about."""
AGENTS_SCRIPTS = {
    "busy": BUSY,
    "mender": MENDER,
    "committer": COMMITTER,
    "patcher": PATCHER,
    "prowler": PROWLER,
    "sleeper": SLEEPER,
}
LONG_READS = 12
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


@pytest.fixture(scope="session")
def scratch() -> Iterator[ScratchDatabase]:
    """A database of these tests' own: others compare theirs with the invoice of another provider."""
    yield from scratch_database()


@pytest.fixture(scope="session")
def clients_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    yield from running_redis(tmp_path_factory.mktemp("clients-redis"))


@pytest.fixture(scope="session")
def reading_room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the file that the model reader reads."""
    folder = tmp_path_factory.mktemp("reading-room")
    (folder / "penguins.txt").write_text("344\n")
    (folder / "palmer.pdf").write_bytes(PDF)
    return folder


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory, reading_room: Path) -> Iterator[SimulatedProvider]:
    folder = tmp_path_factory.mktemp("clients-simulated")
    (folder / "guide.yaml").write_text(GUIDE)
    (folder / "forecast.yaml").write_text(FORECAST)
    (folder / "shell.yaml").write_text(SHELL)
    for name, script in AGENTS_SCRIPTS.items():
        (folder / f"{name}.yaml").write_text(script)
    (folder / "pdf-reader.yaml").write_text(PDF_READER.format(file=reading_room / "palmer.pdf"))
    [reading, *_] = READER.format(file=reading_room / "penguins.txt").partition("  - text")
    turn = reading.removeprefix("\nturns:\n")
    (folder / "long-reader.yaml").write_text("turns:\n" + turn * LONG_READS + '  - text: "I have read it often."\n')
    (folder / "reader.yaml").write_text(READER.format(file=reading_room / "penguins.txt"))
    yield from running_simulated_provider(folder, scripts=folder)


@pytest.fixture(scope="session")
def signing() -> Signing:
    """What the gateway knows run tokens by."""
    return Signing()


@pytest.fixture(scope="session")
def gateway(
    tmp_path_factory: pytest.TempPathFactory,
    clients_redis: RedisServer,
    scratch: ScratchDatabase,
    simulated: SimulatedProvider,
    signing: Signing,
) -> Iterator[GatewayProcess]:
    """It lets nobody wait for room, so that waiting is the clients' business."""
    yield from running_gateway_process(
        tmp_path_factory.mktemp("clients-gateway"),
        redis=clients_redis,
        database=scratch,
        simulated=simulated,
        signing=signing,
        routes=(),
        more={"LOCKSTEP_ROUTES_FILE": str(ROUTES), "LOCKSTEP_GATEWAY_WAIT_SECONDS": "0"},
    )


@pytest.fixture
def database(scratch: ScratchDatabase) -> ScratchDatabase:
    return scratch


@pytest.fixture
def tenant(database: ScratchDatabase) -> Tenant:
    return Tenant().create(database)


@pytest.fixture(scope="session")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    yield from running_clients(tmp_path_factory.mktemp("clients"))


@pytest.fixture(params=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> str:
    """A vendor's blocking client, and its asynchronous one."""
    return str(request.param)


@pytest.fixture
def play(clients: Clients, gateway: GatewayProcess, tenant: Tenant, kind: str) -> Play:
    """Plays a scenario with the tenant's key: `await play("openai_chat", "plain", model=…)`."""
    about = {"kind": kind, "url": gateway.url, "key": tenant.api_key}
    return partial(asyncio.to_thread, clients.play, **about)


@pytest.fixture
def settled(database: ScratchDatabase, tenant: Tenant, simulated: SimulatedProvider) -> Settled:
    """The tenant's events, once there are `count`: each is what the provider bills, and nothing else is billed."""

    async def events(count: int) -> list[dict[str, Any]]:
        found = await recorded_events(database, tenant.tenant_id, count=count)
        assert [event["status"] for event in found] == ["succeeded"] * count
        for event in found:
            assert event["usage_source"] == "provider"
            assert event["cost_nano_usd"] == simulated.nano_usd({str(event["event_id"])}) > 0
        return found

    return events


@pytest.fixture
def answered(gateway: GatewayProcess) -> Callable[[], Counter[str]]:
    """How many calls the gateway has answered so far, by status."""

    def counted() -> Counter[str]:
        families = text_string_to_metric_families(httpx.get(gateway.metrics_url).text)
        samples = [sample for family in families for sample in family.samples if sample.name == "http_requests_total"]
        return Counter({one.labels["status"]: int(one.value) for one in samples if one.labels["method"] == "POST"})

    return counted
