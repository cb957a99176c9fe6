"""A job uses a secret that it cannot find anywhere: not in its environment, files, memory, result or log."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from joserfc.jwk import OKPKey

from fixtures.egress.homes import RUNNER, SERVICE
from fixtures.egress.processes import launcher_at
from fixtures.machine.free_port import free_port
from fixtures.sandboxing.egress import TellingServer, a_certificate, a_server
from fixtures.sandboxing.launchers import Launcher, a_job, a_key
from fixtures.sandboxing.sealed import a_seal, a_seal_jwks, a_sealed_secret
from foundation.contracts.egress.secrets import SealedSecret
from foundation.contracts.tool_job import JobReason, JobStatus, ToolResult

HOST = "api.inside.example"
VALUE = "v3ry-s3cret-4nd-l0ng-enough-to-be-found"
SEARCH = """
import json, os, re, sys, urllib.request
# In two parts, so that the program does not find itself.
wanted = json.load(open("/work/in/inputs.json"))
url, wanted = wanted["url"], "".join(wanted["parts"]).encode()
answer = urllib.request.urlopen(urllib.request.Request(url, headers={"X-Own": "kept"}), timeout=10).read().decode()

def files():
    for folder in ("/work", "/tmp", "/dev/shm", "/run", "/etc"):
        for where, _, names in os.walk(folder):
            yield from (os.path.join(where, name) for name in names)
    yield from ("/proc/self/environ", "/proc/self/cmdline", "/proc/1/environ", "/proc/1/cmdline")

found = []
for path in files():
    try:
        if wanted in open(path, "rb").read():
            found.append(path)
    except OSError:
        pass
del wanted
parts = json.load(open("/work/in/inputs.json"))["parts"]
pieces = []
with open("/proc/self/mem", "rb", 0) as memory:
    for line in open("/proc/self/maps"):
        start, end, rights = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\\S+)", line).groups()
        if rights[0] == "r" and "[v" not in line:
            try:
                memory.seek(int(start, 16))
                pieces.append(memory.read(int(end, 16) - int(start, 16)))
            except (OSError, OverflowError, ValueError):
                pass
hits = sum(len(re.findall(parts[0].encode() + parts[1].encode(), piece)) for piece in pieces)
json.dump({"answer": answer, "found": found, "searched": sum(map(len, pieces)), "hits": hits}, sys.stdout)
"""


@dataclass
class Bench:
    """A launcher that opens secrets of `seal`, and a server inside with a certificate of its own."""

    launcher: Launcher
    seal: OKPKey
    server: TellingServer

    def url(self) -> str:
        return f"https://{HOST}:{self.server.port}/x"

    async def run(self, *secrets: SealedSecret, code: str = SEARCH, inputs: object = None) -> ToolResult:
        network = {"hosts": [HOST], "secrets": [secret.model_dump() for secret in secrets]}
        given = {"url": self.url(), "parts": ["", ""]} if inputs is None else inputs
        job = a_job(network=network, arguments={"code": code, "inputs": given})
        return await self.launcher.run(job)


@pytest.fixture
async def bench(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    """Proxies stand in runners where a test does not say otherwise."""
    home = getattr(request, "param", RUNNER)
    key, seal, port = a_key(), a_seal(), free_port()
    serving, _ = a_certificate(tmp_path, HOST)
    pem = (tmp_path / "server.pem").read_text()
    (tmp_path / "authorities.pem").write_text(pem[pem.index("-----BEGIN CERTIFICATE") :])
    async with (
        a_server(TellingServer(port=port), serving) as server,
        launcher_at(
            home,
            tmp_path,
            key,
            private=[f"{HOST}:{port}=127.0.0.1"],
            authorities=tmp_path / "authorities.pem",
            LOCKSTEP_LAUNCHER_SECRET_KEYS=json.dumps(a_seal_jwks(seal, private=True)),
        ) as (launcher, _),
    ):
        yield Bench(launcher, seal, server)


@pytest.mark.parametrize("bench", [RUNNER, SERVICE], indirect=True)
async def test_the_server_gets_the_secret_and_the_job_finds_it_nowhere(bench: Bench) -> None:
    secret = a_sealed_secret(bench.seal, value=VALUE, host=HOST, format="Basic {base64}", header="X-Key")
    halves = [VALUE[:20], VALUE[20:]]
    result = await bench.run(secret, inputs={"url": bench.url(), "parts": halves})
    assert (result.status, result.stderr) == (JobStatus.SUCCEEDED, "")
    told = json.loads(result.stdout)
    assert (told["answer"], told["found"], told["hits"]) == ("hi", [], 0)
    assert told["searched"] > 5_000_000
    [received] = bench.server.received
    assert secret.text(VALUE).encode() in received
    assert b"x-key: Basic " in received
    assert b"X-Own: kept" in received
    [record] = result.egress.records
    assert (record.method, record.secrets) == ("GET", ("a-secret",))
    for text in (result.model_dump_json(), bench.launcher.log.read_text()):
        assert VALUE not in text
        assert secret.text(VALUE) not in text


@pytest.mark.parametrize(
    ("changed", "detail"),
    [
        pytest.param({"tenant_id": UUID(int=9)}, "is another one", id="of another tenant"),
        pytest.param({"of": "another"}, "is another one", id="another one of the tenant"),
        pytest.param({"hosts": ("elsewhere.example",)}, f"may not go to {HOST}", id="for another host"),
        pytest.param({"seal": True}, "cannot be opened", id="closed for another key"),
    ],
)
async def test_a_sealed_text_in_the_wrong_place_is_not_opened(
    bench: Bench, changed: dict[str, object], detail: str
) -> None:
    key = a_seal("other") if changed.pop("seal", False) else bench.seal
    secret = a_sealed_secret(key, value=VALUE, host=HOST, **changed)  # type: ignore[arg-type]  # of the builder
    result = await bench.run(secret)
    assert (result.status, result.reason, result.retryable) == (JobStatus.FAILED, JobReason.SECRET_UNAVAILABLE, False)
    assert result.detail is not None
    assert detail in result.detail
    assert bench.server.received == []
    # The runner that was not given the job takes the next one.
    assert (await bench.run(code="print('next')")).stdout == "next\n"
