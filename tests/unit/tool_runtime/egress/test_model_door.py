"""A job's calls of models: what of them reaches the gateway, under which key, and what never does."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import pytest

from fixtures.egress import homes
from fixtures.sandboxing.egress import ProxyUnderTest, TellingServer, a_proxy, a_server
from foundation.contracts.egress.records import EgressReason, EgressVerdict
from foundation.contracts.gateway.job_access import MODEL_HOST, PLACEHOLDER_KEY
from foundation.contracts.gateway.model_call import CallKey, canonical_digest
from foundation.domain.ids import JobId, RunId, StepId
from tool_runtime.egress.digests import SMALL, AskedModel, asked_in
from tool_runtime.egress.model_door import CallKeys, GatewayPlace, ModelDoor, RunTokenUnavailable

RUN, STEP, JOB = RunId(UUID(int=2)), StepId(UUID(int=3)), JobId(UUID(int=4))
TOKEN = "eyJ.the-run.token"
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
ASKED = {"model": "default", "messages": [{"role": "user", "content": "say hello"}]}


@pytest.fixture(autouse=True, params=[homes.RUNNER, homes.SERVICE])
def home(request: pytest.FixtureRequest) -> Iterator[str]:
    """In both homes of the proxy."""
    with homes.chosen(request.param):
        yield request.param


async def a_token() -> str:
    return TOKEN


@dataclass
class Bench:
    """A proxy whose job may call models, and what stands for the gateway."""

    made: ProxyUnderTest
    server: TellingServer

    async def post(self, path: str, asked: object = ASKED, *, headers: str = "") -> bytes:
        body = asked if isinstance(asked, bytes) else json.dumps(asked).encode()
        line = f"POST http://{MODEL_HOST}{path} HTTP/1.1\r\nHost: {MODEL_HOST}\r\n"
        head = f"{line}Content-Length: {len(body)}\r\n{headers}\r\n"
        return await self.made.ask(head.encode() + body)

    def keys(self) -> list[CallKey]:
        lines = [line for received in self.server.received for line in received.decode().split("\r\n")]
        return [CallKey.parse(line.partition(": ")[2]) for line in lines if line.startswith("x-lockstep-call-key")]


@asynccontextmanager
async def a_bench(
    *,
    most_calls: int = 10,
    run_token: Callable[[], Awaitable[str]] = a_token,
    server: TellingServer | None = None,
    job_id: JobId = JOB,
) -> AsyncIterator[Bench]:
    async with a_server(server or TellingServer()) as telling:
        place = GatewayPlace("127.0.0.1", telling.port, is_tls=False)
        keys = CallKeys(RUN, STEP, 7, job_id)
        door = ModelDoor(place, keys, run_token, model="default", most_calls=most_calls, traceparent=TRACE)
        async with a_proxy(models=door) as made:
            yield Bench(made, telling)


async def test_a_call_goes_on_with_the_run_token_and_nothing_that_the_job_could_have_chosen() -> None:
    mine = (
        f"Authorization: Bearer {PLACEHOLDER_KEY}\r\nX-Api-Key: mine\r\nx-lockstep-call-key: mine\r\n"
        "Idempotency-Key: mine\r\nx-lockstep-critical: true\r\ntraceparent: mine\r\nCookie: mine\r\n"
        "Anthropic-Version: 2023-06-01\r\nAnthropic-Beta: a,b\r\nContent-Type: application/json\r\n"
    )
    async with a_bench() as bench:
        assert (await bench.post("/v1/messages?beta=true", headers=mine)).endswith(b"\r\n\r\nhi")
        record = await bench.made.last()
    [received] = bench.server.received
    head, _, _ = received.decode().partition("\r\n\r\n")
    line, *headers = head.split("\r\n")
    assert line == "POST /v1/messages HTTP/1.1"
    told = dict(header.split(": ", 1) for header in headers)
    key = told.pop("x-lockstep-call-key")
    assert told == {
        "host": f"127.0.0.1:{bench.server.port}",
        "connection": "close",
        "authorization": f"Bearer {TOKEN}",
        "content-length": str(len(json.dumps(ASKED))),
        "traceparent": TRACE,
        "anthropic-version": "2023-06-01",
        "anthropic-beta": "a,b",
        "content-type": "application/json",
    }
    found = CallKey.parse(key)
    assert (found.run_id, found.step_id, found.turn) == (RUN, STEP, 7)
    assert found.digest == canonical_digest(ASKED)
    assert (record.method, record.host, record.verdict) == ("POST", MODEL_HOST, EgressVerdict.ALLOWED)
    assert (record.secrets, record.address) == (("run-token",), None)
    assert TOKEN not in record.model_dump_json()
    assert bench.made.names.asked == []
    assert bench.made.dialled == []


async def test_it_is_reached_over_tls_as_well_with_the_authority_of_the_job() -> None:
    body = json.dumps(ASKED).encode()
    async with a_bench() as bench:
        certificate = bench.made.proxy.injecting.certificate
        assert certificate is not None
        reader, writer = await bench.made.connect()
        writer.write(f"CONNECT {MODEL_HOST}:443 HTTP/1.1\r\nHost: {MODEL_HOST}:443\r\n\r\n".encode())
        assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
        async with asyncio.timeout(60):
            trusted = ssl.create_default_context(cadata=certificate.decode())
            await writer.start_tls(trusted, server_hostname=MODEL_HOST)
            head = f"POST /v1/responses HTTP/1.1\r\nHost: {MODEL_HOST}\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
            assert (await reader.read()).endswith(b"\r\n\r\nhi")
            writer.close()
        record = await bench.made.last()
    assert (record.method, record.port, record.verdict) == ("POST", 443, EgressVerdict.ALLOWED)
    assert f"authorization: Bearer {TOKEN}".encode() in bench.server.received[0]


@pytest.mark.parametrize(
    "line",
    [
        "POST /v1/embeddings",
        "POST /admin/runs",
        "POST /v1/messages/",
        "POST /v1/../admin",
        "POST //v1/messages",
        "POST /v1/%6dessages",
        "DELETE /v1/messages",
        "GET /v1/chat/completions",
        "GET /v1/models/../../admin",
        "GET /v1/models/..",
        "GET /metrics",
        "GET /",
    ],
)
async def test_paths_that_no_wire_serves_are_refused_and_nothing_is_dialled(line: str) -> None:
    method, path = line.split(" ")
    async with a_bench() as bench:
        answer = await bench.made.ask(f"{method} http://{MODEL_HOST}{path} HTTP/1.1\r\n\r\n".encode())
        record = await bench.made.last()
    assert b" 403 " in answer.partition(b"\r\n")[0]
    assert (record.reason, record.verdict) == (EgressReason.PATH_NOT_ALLOWED, EgressVerdict.REFUSED)
    assert bench.server.received == []


async def test_models_are_listed_without_being_a_call() -> None:
    async with a_bench(most_calls=1) as bench:
        for path in ("/v1/models?limit=5", "/v1/models/gpt-5.1:mini", "/v1/models"):
            assert (await bench.made.ask(f"GET http://{MODEL_HOST}{path} HTTP/1.1\r\n\r\n".encode())).endswith(b"hi")
        assert (await bench.post("/v1/messages/count_tokens")).endswith(b"hi")
        assert (await bench.post("/v1/chat/completions")).endswith(b"hi")
    lines = [received.decode().partition(" HTTP")[0] for received in bench.server.received]
    assert lines[:3] == ["GET /v1/models", "GET /v1/models/gpt-5.1:mini", "GET /v1/models"]
    assert len(bench.keys()) == 1


async def test_a_job_that_is_run_again_has_the_same_keys_and_equal_requests_of_it_have_different_ones() -> None:
    keys = []
    for _ in range(2):
        async with a_bench() as bench:
            for asked in (ASKED, ASKED, {**ASKED, "stream": True}):
                await bench.post("/v1/chat/completions", asked)
            keys.append(bench.keys())
    assert keys[0] == keys[1]
    assert len(set(map(str, keys[0]))) == 3
    first, second, other = keys[0]
    assert (second.occurrence - first.occurrence, other.occurrence - first.occurrence) == (1, 0)


async def test_two_jobs_of_a_turn_share_no_key() -> None:
    found = []
    for job_id in (JOB, JobId(UUID(int=5))):
        async with a_bench(job_id=job_id) as bench:
            await bench.post("/v1/chat/completions")
            found += bench.keys()
    assert len(set(map(str, found))) == 2


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", id="refused"),
        pytest.param(b"", id="never"),
    ],
)
async def test_what_was_not_answered_is_asked_again_under_its_key(answer: bytes) -> None:
    server = TellingServer(answer=answer)
    async with a_bench(server=server) as bench:
        body = json.dumps(ASKED).encode()
        reader, writer = await bench.made.connect()
        head = f"POST http://{MODEL_HOST}/v1/chat/completions HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        async with asyncio.timeout(60):
            await server.reached.wait()
            if answer:
                await reader.read()
        writer.close()
        await bench.made.nothing_is_open()
        server.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
        await bench.post("/v1/chat/completions")
        await bench.post("/v1/chat/completions")
    first, again, third = bench.keys()
    assert first == again
    assert third != again


async def test_a_client_that_leaves_takes_its_call_with_it() -> None:
    async with a_bench(server=TellingServer(answer=b"")) as bench:
        _, writer = await bench.made.connect()
        body = json.dumps(ASKED)
        head = f"POST http://{MODEL_HOST}/v1/messages HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write((head + body).encode())
        async with asyncio.timeout(60):
            await bench.server.reached.wait()
        writer.close()
        await bench.made.nothing_is_open()
        record = await bench.made.last()
    assert record.verdict is EgressVerdict.ALLOWED


async def test_calls_are_counted_and_those_above_the_limit_are_refused_for_good() -> None:
    async with a_bench(most_calls=2) as bench:
        for path in ("/v1/messages", "/v1/responses"):
            await bench.post(path)
        refused = await bench.post("/v1/messages")
        record = await bench.made.last(of=3)
    assert b" 403 " in refused.partition(b"\r\n")[0]
    assert record.reason is EgressReason.TOO_MANY_MODEL_CALLS
    assert len(bench.server.received) == 2


@pytest.mark.parametrize("path", ["/v1/messages", "/v1/responses", "/v1/messages/count_tokens"])
async def test_what_runs_in_a_job_does_not_choose_the_model_that_is_paid_for(path: str) -> None:
    async with a_bench() as bench:
        refused = await bench.post(path, {**ASKED, "model": "dearer"})
        record = await bench.made.last()
    assert b" 403 " in refused.partition(b"\r\n")[0]
    assert b"may call the model default alone" in refused
    assert (record.reason, record.verdict) == (EgressReason.MODEL_NOT_ALLOWED, EgressVerdict.REFUSED)
    assert bench.server.received == []


@pytest.mark.parametrize(
    "asked",
    [
        *(b"no json", b"[1]", b'{"a": NaN}', b"[" * 100_000, b"{}", b'{"model": ["default"]}'),
        *(b'{"model": "default", "model": "dearer"}', b'{"model": "dearer", "model": "default"}'),
        '{"model": "default"}'.encode("utf-16"),
    ],
)
async def test_a_body_whose_model_is_not_certain_is_refused(asked: bytes) -> None:
    async with a_bench() as bench:
        refused = await bench.post("/v1/messages", asked)
        record = await bench.made.last()
    assert b" 400 " in refused.partition(b"\r\n")[0]
    assert record.reason is EgressReason.MALFORMED
    assert bench.server.received == []


async def test_a_body_in_chunks_goes_on_whole_and_an_encoded_one_is_refused() -> None:
    async with a_bench() as bench:
        head = f"POST http://{MODEL_HOST}/v1/messages HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        await bench.made.ask(head.encode() + b'b\r\n{"model": "\r\n9\r\ndefault"}\r\n0\r\n\r\n')
        encoded = await bench.post("/v1/messages", headers="Content-Encoding: zstd\r\n")
        record = await bench.made.last(of=2)
    assert b"content-length: 20\r\n" in bench.server.received[0]
    assert b" 400 " in encoded.partition(b"\r\n")[0]
    assert record.reason is EgressReason.MALFORMED
    assert len(bench.server.received) == 1


async def test_without_a_token_nothing_is_sent() -> None:
    async def none() -> str:
        raise RunTokenUnavailable("the launcher does not have it")

    async with a_bench(run_token=none) as bench:
        answer = await bench.post("/v1/messages")
        record = await bench.made.last()
    assert b" 502 " in answer.partition(b"\r\n")[0]
    assert (record.reason, record.secrets) == (EgressReason.UNREACHABLE, ())
    assert bench.server.received == []


async def test_a_job_that_calls_no_models_does_not_find_the_name_even_if_its_task_names_it() -> None:
    for hosts in ((), (MODEL_HOST,), ("*.gateway.internal",)):
        async with a_proxy(*hosts, names={MODEL_HOST: [["93.184.216.34"]]}) as made:
            for head in (
                f"POST http://{MODEL_HOST}/v1/messages HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
                f"CONNECT {MODEL_HOST}:443 HTTP/1.1\r\nHost: {MODEL_HOST}:443\r\n\r\n",
            ):
                assert b"host_not_allowed" in await made.ask(head.encode())
            assert made.names.asked == []
            assert made.dialled == []


@pytest.mark.parametrize("url", ["gateway:80", "ftp://gateway", "http://gateway/v1", "http://gateway?a=b", "http://"])
def test_the_place_of_a_gateway_is_an_address_without_a_path(url: str) -> None:
    with pytest.raises(ValueError, match="without a path"):
        GatewayPlace.of(url)


def test_a_place_without_a_port_has_the_usual_one() -> None:
    assert GatewayPlace.of("https://gateway.internal/").authority == "gateway.internal:443"
    assert GatewayPlace.of("http://gateway.internal").authority == "gateway.internal:80"


@pytest.mark.parametrize("size", [10, SMALL, SMALL + 1, 3 * SMALL])
async def test_a_body_has_the_same_digest_however_large_it_is(size: int) -> None:
    asked: dict[str, object] = {"model": "ä", "text": "x" * size, "at": [1.5, None, {}]}
    assert await asked_in(json.dumps(asked).encode()) == AskedModel(canonical_digest(asked), "ä")


@pytest.mark.parametrize("filling", [b"", b" " * SMALL])
@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"a": NaN}', b"\xff", b'{"a":' * 200_000])
async def test_a_body_that_no_gateway_takes_has_none(body: bytes, filling: bytes) -> None:
    assert await asked_in(body + filling) is None


@pytest.mark.parametrize(
    ("status", "reason"), [("402 Payment Required", EgressReason.BUDGET_EXCEEDED), ("429 Too Many Requests", None)]
)
async def test_a_call_that_a_budget_has_nothing_left_for_is_recorded_as_that(
    status: str, reason: EgressReason | None
) -> None:
    answer = f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()
    async with a_bench(server=TellingServer(answer=answer)) as bench:
        await bench.post("/v1/messages")
        record = await bench.made.last()
    assert (record.verdict, record.reason) == (EgressVerdict.ALLOWED, reason)
