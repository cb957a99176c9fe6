"""The token of a job opens the egress service for its own runner, while the job runs, and nothing else to anybody.

Here the test is the runner: it has taken a lease from a launcher, and has what a runner has. The service is a process.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from joserfc.jwk import OKPKey

from fixtures.egress.launcher_here import launcher_here
from fixtures.egress.processes import EgressProcess, egress_process
from fixtures.machine.free_port import free_port
from fixtures.sandboxing.egress import TellingServer, a_server
from fixtures.sandboxing.launchers import a_job, a_key, a_token, opened
from fixtures.sandboxing.sealed import a_seal, a_sealed_secret
from foundation.contracts.egress.policy import NetworkPolicy
from foundation.contracts.egress.records import EgressReason, EgressVerdict
from foundation.contracts.gateway.job_access import MODEL_HOST, ModelGrant
from foundation.contracts.tool_job import JobReason, JobStatus, ToolJob, ToolResult
from foundation.domain.tools import SandboxProfile
from tool_runtime.egress.limits import EgressLimits
from tool_runtime.egress_link.forwarder import EgressForwarder, NoServiceError
from tool_runtime.egress_link.greeting import SERVICE_NAME, Greeting, Welcome, hear, say
from tool_runtime.launcher.jobs.open_jobs import OpenJob
from tool_runtime.launcher.runtime import Runtime
from tool_runtime.protocol import EgressLink, RunnerLease
from tool_runtime.runner.lease_client import LeaseClient

HOST = "files.inside.example"
VALUE = "v3ry-s3cret"


class PlayedRunner:
    """One that is there until it is killed."""

    trouble = ""

    def __init__(self) -> None:
        self.ended = asyncio.Event()

    async def wait(self) -> int | None:
        await self.ended.wait()
        return None

    async def kill(self) -> None:
        self.ended.set()


class PlayedRunners:
    """Keeps the token of each runner that is to be started: the test is that runner."""

    usual_start_seconds, most_runners = 0.1, 20

    def __init__(self) -> None:
        self.started: dict[SandboxProfile, list[tuple[str, PlayedRunner]]] = {}

    async def start(self, token: str, profile: SandboxProfile) -> PlayedRunner:
        runner = PlayedRunner()
        self.started.setdefault(profile, []).append((token, runner))
        return runner

    async def close(self) -> None:
        pass


@dataclass
class Taken:
    """A lease, and what is known of its job outside."""

    lease: RunnerLease
    entry: OpenJob
    leases: LeaseClient
    runner: PlayedRunner

    @property
    def link(self) -> EgressLink:
        assert self.lease.egress is not None
        return self.lease.egress

    async def end(self) -> ToolResult:
        """Hand a result in, as the runner does; the answer."""
        now = datetime.now(UTC)
        result = ToolResult(job_id=self.lease.job.job_id, status=JobStatus.SUCCEEDED, ended_at=now)
        await self.leases.give(self.lease, result)
        return await self.entry.answer


@dataclass
class Bench:
    runtime: Runtime
    url: str
    runners: PlayedRunners
    client: httpx.AsyncClient
    service: EgressProcess
    keys: dict[str, OKPKey]
    site: TellingServer
    gateway: TellingServer
    taken: list[Taken] = field(default_factory=list)

    async def take(self, job: ToolJob, profile: SandboxProfile = SandboxProfile.PYTHON) -> Taken:
        entry = opened(self.runtime.board, job)
        started = self.runners.started.setdefault(profile, [])
        await until(lambda: bool(started))
        token, runner = started.pop()
        leases = LeaseClient(self.client, launcher_url=self.url, token=token)
        self.taken.append(Taken(await leases.take(), entry, leases, runner))
        return self.taken[-1]

    def a_job(self) -> ToolJob:
        secret = a_sealed_secret(self.keys["seal"], value=VALUE, host=HOST)
        return a_job(network={"hosts": [HOST], "secrets": [secret.model_dump()]})

    def request(self) -> bytes:
        return f"GET http://{HOST}:{self.site.port}/ HTTP/1.1\r\n\r\n".encode()


@pytest.fixture(scope="module")
async def processes(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bench]:
    folder = tmp_path_factory.mktemp("egress")
    keys = {"service": a_key(), "egress": a_key("egress"), "seal": a_seal()}
    runners = PlayedRunners()
    site, gateway = TellingServer(port=free_port()), TellingServer(port=free_port())
    async with (
        a_server(site),
        a_server(gateway),
        launcher_here(
            runners,
            service_key=keys["service"],
            egress_key=keys["egress"],
            seal=keys["seal"],
            gateway_url=f"http://127.0.0.1:{gateway.port}",
        ) as (runtime, url),
        egress_process(
            folder, url, keys["egress"], LOCKSTEP_EGRESS_PRIVATE=f'["{HOST}:{site.port}=127.0.0.1"]'
        ) as service,
        httpx.AsyncClient(timeout=60, trust_env=False) as client,
    ):
        yield Bench(runtime, url, runners, client, service, keys, site, gateway)


@pytest.fixture
async def bench(processes: Bench) -> AsyncIterator[Bench]:
    """With servers that nobody has asked; no job of a test outlasts it."""
    for server in (processes.site, processes.gateway):
        server.received.clear()
        server.reached.clear()
        server.answer = TellingServer().answer
    yield processes
    while processes.taken:
        taken = processes.taken.pop()
        await taken.runner.kill()
        await taken.entry.answer


async def until(condition: Callable[[], bool]) -> None:
    """Returns when another process has brought it about."""
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - nothing here tells
            await asyncio.sleep(0.01)


async def ask(link: EgressLink, request: bytes) -> bytes:
    """What the job's client is answered, by a forwarder as runners have it."""
    forwarder = EgressForwarder(link, EgressLimits())
    server = await asyncio.start_server(forwarder._accept, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    try:
        writer.write(request)
        async with asyncio.timeout(60):
            return await reader.read()
    finally:
        writer.close()
        server.close()


async def greeted(link: EgressLink, *, token: str | None = None, source: str = "127.0.0.1") -> Welcome:
    """What the service says to this token, shown from this address."""
    assert link.service is not None
    host, _, port = link.service.address.rpartition(":")
    trusted = ssl.create_default_context(cadata=link.service.certificate)
    reader, writer = await asyncio.open_connection(
        host, int(port), ssl=trusted, server_hostname=SERVICE_NAME, local_addr=(source, 0)
    )
    try:
        await say(writer, Greeting(token=link.token if token is None else token, wants="certificate"))
        return await hear(reader, Welcome)
    finally:
        writer.close()


async def test_a_lease_has_nothing_that_is_the_proxys_and_the_service_has_it_all(bench: Bench) -> None:
    taken = await bench.take(bench.a_job())
    assert (taken.lease.job.network, taken.lease.injections, taken.lease.models) == (NetworkPolicy(), (), None)
    assert VALUE not in taken.lease.model_dump_json()
    assert (await ask(taken.link, bench.request())).endswith(b"hi")
    assert b"authorization: Bearer v3ry-s3cret" in bench.site.received[0]
    result = await taken.end()
    [record] = result.egress.records
    assert (record.host, record.verdict, record.secrets) == (HOST, EgressVerdict.ALLOWED, ("a-secret",))
    assert VALUE not in result.model_dump_json() + bench.service.log.read_text()


async def test_calls_of_models_leave_by_the_service_which_alone_has_the_run_token(bench: Bench) -> None:
    job = a_job(
        tool="code_agent",
        arguments={"agent": "claude_code", "instructions": "mend it", "model": "default"},
        models=ModelGrant(run_token="the-run-token", turn=0).model_dump(),
    )
    taken = await bench.take(job, SandboxProfile.AGENT)
    own = await bench.client.get(
        f"{bench.url}/leases/{taken.lease.lease_id}/run-token",
        headers={"Authorization": f"Bearer {taken.lease.token}"},
    )
    assert (own.status_code, taken.lease.models) == (404, None)
    assert (await greeted(taken.link)).certificate is not None
    answer = await ask(taken.link, f"GET http://{MODEL_HOST}/v1/models HTTP/1.1\r\n\r\n".encode())
    assert answer.endswith(b"hi")
    assert b"authorization: Bearer the-run-token" in bench.gateway.received[0]
    [record] = (await taken.end()).egress.records
    assert (record.host, record.secrets) == (MODEL_HOST, ("run-token",))


async def test_a_token_that_no_job_has_opens_nothing(bench: Bench) -> None:
    taken = await bench.take(bench.a_job())
    for token in ("guessed", "", taken.lease.token, "x" * 200):
        assert (await greeted(taken.link, token=token)).refused == "its token is of no job that runs"
    assert bench.site.received == []


async def test_a_token_that_was_stolen_opens_nothing_from_another_machine(bench: Bench) -> None:
    taken = await bench.take(bench.a_job())
    assert (await greeted(taken.link)).refused is None
    refused = (await greeted(taken.link, source="127.0.0.2")).refused
    assert refused == "its token was shown by another machine before"
    assert (await greeted(taken.link)).refused is None


async def test_a_token_is_good_for_its_own_job_alone(bench: Bench) -> None:
    """Another job's rules are what another job's token gets."""
    theirs, ours = await bench.take(bench.a_job()), await bench.take(a_job())
    assert b"host_not_allowed" in await ask(ours.link, bench.request())
    assert (await ask(theirs.link, bench.request())).endswith(b"hi")
    assert [record.reason for record in (await ours.end()).egress.records] == [EgressReason.HOST_NOT_ALLOWED]
    assert [record.reason for record in (await theirs.end()).egress.records] == [None]


async def test_with_its_job_a_token_ends_and_with_it_every_connection(bench: Bench) -> None:
    bench.site.answer = b""
    taken = await bench.take(bench.a_job())
    asking = asyncio.create_task(ask(taken.link, bench.request()))
    async with asyncio.timeout(60):
        await bench.site.reached.wait()
    result = await taken.end()
    assert await asking == b""
    assert [(r.verdict, r.reason) for r in result.egress.records] == [(EgressVerdict.CUT, EgressReason.JOB_ENDED)]
    assert (await greeted(taken.link)).refused == "its token is of no job that runs"


async def test_a_lease_that_is_lost_takes_the_token_with_it_and_what_was_asked_is_told(bench: Bench) -> None:
    taken = await bench.take(bench.a_job())
    assert (await ask(taken.link, bench.request())).endswith(b"hi")
    way = next(iter(bench.runtime.egress._by_grant.values()))  # type: ignore[union-attr]
    await until(lambda: way.report().records[0].verdict is EgressVerdict.ALLOWED)
    await taken.runner.kill()
    result = await taken.entry.answer
    assert (result.status, result.reason) == (JobStatus.FAILED, JobReason.RUNNER_LOST)
    assert [record.reason for record in result.egress.records] == [None, EgressReason.JOURNAL_LOST]
    assert (await greeted(taken.link)).refused == "its token is of no job that runs"


async def test_a_second_service_does_not_get_the_jobs_of_the_first(bench: Bench, tmp_path: Path) -> None:
    """What a job has taken is counted in one place: a token that was given to one service is nothing to another."""
    taken = await bench.take(bench.a_job())
    (tmp_path / "second").mkdir()
    async with egress_process(tmp_path / "second", bench.url, bench.keys["egress"]):
        second = await bench.take(a_job())
        services = {taken.link.service, second.link.service}
        assert len(services) == 2, "the one with fewer jobs is the next"
        crossed = EgressLink(token=taken.link.token, service=second.link.service)
        assert (await greeted(crossed)).refused == "its token is of no job that runs"
        assert (await greeted(taken.link)).refused is None


async def test_who_is_not_the_service_that_the_launcher_told_of_is_shown_no_token(bench: Bench, tmp_path: Path) -> None:
    taken = await bench.take(bench.a_job())
    (tmp_path / "second").mkdir()
    async with egress_process(tmp_path / "second", bench.url, bench.keys["egress"]):
        second = await bench.take(a_job())
        assert second.link.service is not None
        assert taken.link.service is not None
        elsewhere = taken.link.service.model_copy(update={"address": second.link.service.address})
        forwarder = EgressForwarder(EgressLink(token=taken.link.token, service=elsewhere), EgressLimits())
        with pytest.raises(NoServiceError, match="cannot be reached"):
            await forwarder._linked("certificate")


async def test_no_key_and_no_token_is_good_for_another_door(bench: Bench) -> None:
    taken = await bench.take(bench.a_job())
    of_egress = a_token(bench.keys["egress"], service="egress")
    foreign = {
        "the job's": taken.link.token,
        "the lease's": taken.lease.token,
        "an orchestrator's": a_token(bench.keys["service"]),
        "egress by another's key": a_token(bench.keys["service"], service="egress"),
        "another by egress's key": a_token(bench.keys["egress"], service="orchestrator"),
    }
    name = "0" * 32
    for whose, token in foreign.items():
        headers = {"Authorization": f"Bearer {token}"}
        for method, path in (("DELETE", f"/services/{name}"), ("GET", f"/grants/{name}/end")):
            answer = await bench.client.request(method, f"{bench.url}/egress{path}", headers=headers)
            assert answer.status_code == 401, (whose, path)
    headers = {"Authorization": f"Bearer {of_egress}", "Content-Type": "application/json"}
    job = await bench.client.post(f"{bench.url}/jobs", content=bench.a_job().model_dump_json(), headers=headers)
    lease = await bench.client.post(f"{bench.url}/leases", headers=headers)
    assert (job.status_code, lease.status_code) == (401, 401)
    by_guess = await bench.client.get(f"{bench.url}/egress/grants/{name}/end", headers=headers)
    assert by_guess.status_code == 404
