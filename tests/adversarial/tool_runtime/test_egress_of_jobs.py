"""Attempts of a job to get past its proxy, and what a job and its result get to know of it."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import OKPKey

from fixtures.egress.homes import RUNNER, SERVICE
from fixtures.egress.processes import launcher_at
from fixtures.machine.free_port import free_port
from fixtures.sandboxing.egress import TellingServer, a_certificate, a_server
from fixtures.sandboxing.launchers import Launcher, a_job, a_key
from foundation.contracts.egress.records import EgressReason, EgressVerdict
from foundation.contracts.tool_job import JobStatus

LIMITS = {"wall_seconds": 20}


@pytest.fixture(scope="module")
def key() -> OKPKey:
    return a_key()


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module", params=[RUNNER, pytest.param(SERVICE, marks=pytest.mark.full)])
def home(request: pytest.FixtureRequest) -> str:
    """Where the proxies of jobs stand."""
    return str(request.param)


@pytest.fixture(scope="module")
async def launcher(
    tmp_path_factory: pytest.TempPathFactory, key: OKPKey, port: int, home: str
) -> AsyncIterator[Launcher]:
    opened = [f"files.inside.example:{port}=127.0.0.1"]
    async with launcher_at(home, tmp_path_factory.mktemp("launcher"), key, private=opened) as (made, service):
        # Of requests the log of the proxy's process tells, wherever it is.
        made.log = made.log if service is None else service.log
        yield made


async def told(launcher: Launcher, code: str, **other: Any) -> Any:
    result = await launcher.run(a_job(code, **other))
    assert (result.status, result.stderr) == (JobStatus.SUCCEEDED, "")
    return json.loads(result.stdout), result.egress


ASK = """
import json, urllib.error, urllib.request
def ask(url):
    try:
        return urllib.request.urlopen(url, timeout=5).read().decode()
    except urllib.error.HTTPError as error:
        return [error.code, json.loads(error.read())["reason"]]
    except OSError as error:
        return str(error)
"""


async def test_a_job_reaches_what_its_task_names_and_its_result_tells_of_every_request(
    launcher: Launcher, port: int
) -> None:
    code = f"""{ASK}
print(json.dumps([ask(url) for url in ("http://files.inside.example:{port}/", "http://elsewhere.example/",
                                       "https://elsewhere.example/", "http://127.0.0.2:{port}/")]))
"""
    async with a_server(TellingServer(port=port)) as server:
        answers, egress = await told(launcher, code, network={"hosts": ["files.inside.example"]})
    assert answers == [
        "hi",
        [403, "host_not_allowed"],
        "<urlopen error Tunnel connection failed: 403 Forbidden: host_not_allowed>",
        [400, "malformed"],
    ]
    assert server.received[0].startswith(b"GET / HTTP/1.1\r\nHost: files.inside.example:")
    assert [(r.method, r.host, r.target, r.verdict, r.reason) for r in egress.records] == [
        ("GET", "files.inside.example", "", EgressVerdict.ALLOWED, None),
        ("GET", "elsewhere.example", "", EgressVerdict.REFUSED, EgressReason.HOST_NOT_ALLOWED),
        ("CONNECT", "elsewhere.example", "", EgressVerdict.REFUSED, EgressReason.HOST_NOT_ALLOWED),
        ("GET", "", f"http://127.0.0.2:{port}", EgressVerdict.REFUSED, EgressReason.MALFORMED),
    ]
    assert await launcher.log_line(host="files.inside.example", verdict="allowed")


async def test_a_job_without_a_list_reaches_nothing_and_its_attempt_is_told(launcher: Launcher, port: int) -> None:
    answers, egress = await told(launcher, f"{ASK}\nprint(json.dumps(ask('http://files.inside.example:{port}/')))")
    assert answers == [403, "host_not_allowed"]
    assert [record.reason for record in egress.records] == [EgressReason.HOST_NOT_ALLOWED]


async def test_around_the_proxy_there_is_no_network(launcher: Launcher, port: int) -> None:
    code = f"""
import errno, json, os, socket
def attempt(family, kind, address, data=None):
    try:
        with socket.socket(family, kind) as sock:
            sock.settimeout(5)
            sock.connect(address)
            return "connected" if data is None else str(sock.send(data))
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error))
TCP, UDP = socket.SOCK_STREAM, socket.SOCK_DGRAM
told = [attempt(socket.AF_INET, TCP, (address, 80)) for address in ("169.254.169.254", "93.184.216.34", "10.0.0.1")]
told += [attempt(socket.AF_INET6, TCP, (address, 80)) for address in ("2606:4700::1111", "fd00:ec2::254")]
told.append(attempt(socket.AF_INET, UDP, ("8.8.8.8", 53), b"x"))
own = [attempt(socket.AF_INET, TCP, ("127.0.0.1", port)) for port in ({port}, 22, 53, 80)]
own.append(attempt(socket.AF_INET, TCP, ("127.0.0.2", 3128)))
print(json.dumps([told, own, sorted(os.listdir("/sys")) if os.path.exists("/sys") else []]))
"""
    async with a_server(TellingServer(port=port)) as server:
        (outside, own, system), egress = await told(launcher, code, network={"hosts": ["files.inside.example"]})
    assert set(outside) == {"ENETUNREACH"}
    assert set(own) == {"ECONNREFUSED"}, "the loopback of a job is its own"
    assert (system, server.received, egress.records) == ([], [], ())


async def test_a_job_cannot_take_the_place_of_its_proxy_nor_get_at_its_socket(launcher: Launcher) -> None:
    code = """
import errno, json, os, socket
def attempt(act):
    try:
        return str(act())
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error))
def bind(reuse):
    with socket.socket() as sock:
        if reuse:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.bind(("127.0.0.1", 3128))
        sock.listen()
acts = (lambda: bind(False), lambda: bind(True), lambda: os.listdir("/proc/1/fd"))
print(json.dumps([attempt(act) for act in acts]))
"""
    answers, _ = await told(launcher, code, network={"hosts": ["files.inside.example"]})
    assert answers == ["EADDRINUSE", "EADDRINUSE", "EACCES"]


async def test_a_flood_against_the_proxy_ends_with_its_job_and_leaves_the_next_one_whole(
    launcher: Launcher, port: int
) -> None:
    flood = """
import socket, threading
def hammer():
    for _ in range(800):
        try:
            with socket.create_connection(("127.0.0.1", 3128), timeout=2) as sock:
                sock.sendall(b"GET http://elsewhere.example/ HTTP/1.1\\r\\n\\r\\n")
                sock.recv(100)
        except OSError:
            pass
threads = [threading.Thread(target=hammer) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""
    async with a_server(TellingServer(port=port)):
        good = f"{ASK}\nprint(json.dumps(ask('http://files.inside.example:{port}/')))"
        network = {"hosts": ["files.inside.example"]}
        flooded, (answer, _) = await asyncio.gather(
            launcher.run(a_job(flood, network=network, limits=LIMITS)), told(launcher, good, network=network)
        )
        assert answer == "hi"
        assert flooded.egress.refusals_left_out > 0
        in_line = 64
        assert len(flooded.egress.records) + flooded.egress.refusals_left_out <= 2000 + in_line
        assert (await told(launcher, good, network=network))[0] == "hi"


async def test_what_a_job_reached_is_told_of_one_that_is_killed_as_well(launcher: Launcher, port: int) -> None:
    code = f"{ASK}\nask('http://files.inside.example:{port}/')\nwhile True: pass"
    async with a_server(TellingServer(port=port)):
        job = a_job(arguments={"code": code, "timeout_seconds": 2}, network={"hosts": ["files.inside.example"]})
        result = await launcher.run(job)
    assert result.status is JobStatus.TIMED_OUT
    assert [record.verdict for record in result.egress.records] == [EgressVerdict.ALLOWED]


FETCH = """
import http from 'node:http'
import https from 'node:https'
const told = {}
async function ask(name, act) {
  try { told[name] = await act() } catch (error) { told[name] = `${error.message}: ${error.cause?.message ?? ''}` }
}
const read = (lib, url, options = {}) => new Promise((done, failed) => lib.get(url, options, answer => {
  let text = ''; answer.on('data', data => { text += data }); answer.on('end', () => done([answer.statusCode, text]))
}).on('error', failed))
"""


async def test_a_script_reaches_out_through_its_proxy_by_each_client_that_node_has(
    launcher: Launcher, port: int
) -> None:
    code = f"""{FETCH}
const inside = 'http://files.inside.example:{port}/', elsewhere = 'elsewhere.example'
await ask('fetch', async () => (await fetch(inside)).text())
await ask('http', () => read(http, inside))
await ask('refused', async () => (await (await fetch(`http://${{elsewhere}}/`)).json()).reason)
await ask('tunnel', async () => (await fetch(`https://${{elsewhere}}/`)).status)
await ask('own', async () => {{
  const server = http.createServer((_, answer) => answer.end('mine')).listen(0, '127.0.0.1')
  await new Promise(done => server.once('listening', done))
  const text = await (await fetch(`http://127.0.0.1:${{server.address().port}}/`)).text()
  server.close()
  return text
}})
console.log(JSON.stringify(told))
"""
    script = {"tool": "code.node", "arguments": {"code": code}, "network": {"hosts": ["files.inside.example"]}}
    async with a_server(TellingServer(port=port)) as server:
        answers, egress = await told(launcher, "", **script)
    assert answers == {
        "fetch": "hi",
        "http": [200, "hi"],
        "refused": "host_not_allowed",
        "tunnel": (
            "fetch failed: the proxy of this job refused a connection to elsewhere.example:443: 403 host_not_allowed"
        ),
        "own": "mine",
    }
    assert [line.partition(b" HTTP")[0] for line in server.received] == [b"GET /", b"GET /"]
    assert [(r.method, r.host, r.verdict) for r in egress.records] == [
        *[("GET", "files.inside.example", EgressVerdict.ALLOWED)] * 2,
        ("GET", "elsewhere.example", EgressVerdict.REFUSED),
        ("CONNECT", "elsewhere.example", EgressVerdict.REFUSED),
    ]


async def test_a_script_speaks_tls_through_its_proxy(launcher: Launcher, port: int, tmp_path: Path) -> None:
    serving, _ = a_certificate(tmp_path, "files.inside.example")
    pem = (tmp_path / "server.pem").read_text().partition("-----BEGIN CERTIFICATE")
    trusted = json.dumps("".join(pem[1:]))
    code = f"""{FETCH}
await ask('trusted', () => read(https, 'https://files.inside.example:{port}/', {{ ca: {trusted} }}))
await ask('unknown', () => read(https, 'https://files.inside.example:{port}/'))
console.log(JSON.stringify(told))
"""
    script = {"tool": "code.node", "arguments": {"code": code}, "network": {"hosts": ["files.inside.example"]}}
    async with a_server(TellingServer(port=port), serving):
        answers, egress = await told(launcher, "", **script)
    assert answers["trusted"] == [200, "hi"]
    assert answers["unknown"].startswith("self-signed certificate")
    assert [record.method for record in egress.records] == ["CONNECT", "CONNECT"]


FLOOD = """
import os, socket, threading, time
PIECE = b"1\\r\\na\\r\\n" * 5000
def flood():
    while True:
        try:
            with socket.create_connection(("127.0.0.1", 3128)) as sock:
                sock.sendall(b"POST http://files.inside.example:%d/ HTTP/1.1\\r\\nHost: files.inside.example:%d\\r\\n"
                             b"Transfer-Encoding: chunked\\r\\n\\r\\n")
                while True:
                    sock.sendall(PIECE)
        except OSError:
            time.sleep(0.1)
for _ in range(30):
    threading.Thread(target=flood, daemon=True).start()
time.sleep(1)
"""
HOLDING = """
for _ in range(5):
    if os.fork() == 0:
        held = bytearray(b'x') * (200 << 20)
        time.sleep(600)
time.sleep(600)
"""
BEYOND = {
    "memory": (HOLDING, {"memory_mb": 512}),
    "wall_time": ("time.sleep(600)", {"wall_seconds": 4}),
}


@pytest.mark.parametrize("reason", BEYOND)
async def test_a_job_that_keeps_its_proxy_busy_is_ended_by_its_limits_all_the_same(
    launcher: Launcher, port: int, reason: str
) -> None:
    """What counts its memory and its time is in one process with the proxy that it feeds."""
    code, limits = BEYOND[reason]
    async with a_server(TellingServer(port=port, answer=b"")):
        job = a_job(
            FLOOD % (port, port) + code,
            network={"hosts": ["files.inside.example"]},
            limits={**LIMITS, "wall_seconds": 60, **limits},
        )
        result = await launcher.run(job)
    assert result.reason == reason, result.stderr
