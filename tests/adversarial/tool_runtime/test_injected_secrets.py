"""A secret reaches its own host over verified TLS, in the header that the task says, and nothing and nobody else."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from fixtures.egress import homes
from fixtures.sandboxing.egress import PUBLIC, ProxyUnderTest, TellingServer, a_certificate, a_proxy, a_server
from foundation.contracts.egress.records import EgressReason, EgressVerdict
from tool_runtime.egress.tls.authority import JobAuthority
from tool_runtime.protocol import Injection

HOST, OTHER = "api.example.com", "other.example.com"
NAMES = {HOST: [[PUBLIC]], OTHER: [[PUBLIC]]}
TEXT = "Bearer the-very-secret"
INJECTION = Injection(name="a-secret", host=HOST, header="authorization", text=TEXT)
CONNECT = f"CONNECT {HOST}:443 HTTP/1.1\r\nHost: {HOST}:443\r\n\r\n".encode()
GET = f"GET /a?b=c HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()


@pytest.fixture(autouse=True, params=[homes.RUNNER, homes.SERVICE])
def home(request: pytest.FixtureRequest) -> Iterator[str]:
    """In both homes of the proxy."""
    with homes.chosen(request.param):
        yield request.param


@asynccontextmanager
async def site(folder: Path, *names: str) -> AsyncIterator[tuple[TellingServer, Path]]:
    """A server with a certificate for these names, and the file of who signed it."""
    serving, _ = a_certificate(folder, *names)
    pem = (folder / "server.pem").read_text()
    authorities = folder / "authorities.pem"
    authorities.write_text(pem[pem.index("-----BEGIN CERTIFICATE") :])
    async with a_server(TellingServer(), serving) as server:
        yield server, authorities


def trusting(made: ProxyUnderTest) -> ssl.SSLContext:
    """What a job trusts: the authority of its proxy."""
    certificate = made.proxy.injecting.certificate
    assert certificate is not None
    return ssl.create_default_context(cadata=certificate.decode())


async def within_tls(made: ProxyUnderTest, request: bytes, *, host: str = HOST) -> bytes:
    """All that comes back to a request within a tunnel."""
    reader, writer = await made.connect()
    writer.write(CONNECT.replace(HOST.encode(), host.encode()))
    assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
    async with asyncio.timeout(60):
        await writer.start_tls(trusting(made), server_hostname=host)
        writer.write(request)
        try:
            return await reader.read()
        finally:
            writer.close()


@pytest.mark.parametrize("name", ["X_Key", "x_key", "X-KEY"])
async def test_nothing_that_servers_take_for_its_header_goes_along(tmp_path: Path, name: str) -> None:
    secret = Injection(name="a-secret", host=HOST, header="x-key", text=TEXT)
    request = GET.replace(b"\r\n\r\n", f"\r\n{name}: mine\r\nX-Key-Of: kept\r\n\r\n".encode())
    async with (
        site(tmp_path, HOST) as (server, authorities),
        a_proxy(HOST, names=NAMES, leads_to=server.port, injections=[secret], authorities=authorities) as made,
    ):
        assert (await within_tls(made, request)).endswith(b"\r\n\r\nhi")
    [received] = server.received
    assert b"mine" not in received
    assert f"x-key: {TEXT}".encode() in received
    assert b"X-Key-Of: kept" in received


@pytest.mark.parametrize(("path", "goes_along"), [("/a?b=c", True), ("/a", True), ("/a/b", False), ("/A", False)])
async def test_a_secret_of_one_path_goes_along_there_alone(tmp_path: Path, path: str, goes_along: bool) -> None:
    secret = Injection(name="a-secret", host=HOST, path="/a", header="x-key", text=TEXT)
    async with (
        site(tmp_path, HOST) as (server, authorities),
        a_proxy(HOST, names=NAMES, leads_to=server.port, injections=[secret], authorities=authorities) as made,
    ):
        assert (await within_tls(made, GET.replace(b"/a?b=c", path.encode()))).endswith(b"\r\n\r\nhi")
        record = await made.last()
    [received] = server.received
    assert (TEXT.encode() in received) is goes_along
    assert record.secrets == (("a-secret",) if goes_along else ())


async def test_the_secret_stands_in_the_place_of_what_the_job_wrote(tmp_path: Path) -> None:
    request = GET.replace(b"\r\n\r\n", b"\r\nAuthorization: mine\r\nX-Own: kept\r\n\r\n")
    async with (
        site(tmp_path, HOST) as (server, authorities),
        a_proxy(HOST, names=NAMES, leads_to=server.port, injections=[INJECTION], authorities=authorities) as made,
    ):
        assert (await within_tls(made, request)).endswith(b"\r\n\r\nhi")
        record = await made.last()
    [received] = server.received
    assert received.startswith(f"GET /a?b=c HTTP/1.1\r\nHost: {HOST}\r\n".encode())
    assert received.count(b"uthorization") == 1
    assert f"authorization: {TEXT}".encode() in received
    assert b"X-Own: kept" in received
    assert (record.method, record.host, record.verdict) == ("GET", HOST, EgressVerdict.ALLOWED)
    assert record.secrets == ("a-secret",)
    assert "very-secret" not in record.model_dump_json() + repr(INJECTION)


async def test_a_connection_that_ends_takes_nothing_of_the_next_one(tmp_path: Path) -> None:
    """The next one's sockets have the numbers that the last one's had."""
    async with (
        site(tmp_path, HOST) as (server, authorities),
        a_proxy(HOST, names=NAMES, leads_to=server.port, injections=[INJECTION], authorities=authorities) as made,
    ):
        for _ in range(20):
            assert (await within_tls(made, GET)).endswith(b"\r\n\r\nhi")


async def test_a_body_passes_in_chunks_and_whole(tmp_path: Path) -> None:
    head = f"POST / HTTP/1.1\r\nHost: {HOST}:443\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    async with (
        site(tmp_path, HOST) as (server, authorities),
        a_proxy(HOST, names=NAMES, leads_to=server.port, injections=[INJECTION], authorities=authorities) as made,
    ):
        assert (await within_tls(made, head + b"3\r\nabc\r\n0\r\n\r\n")).endswith(b"hi")
    assert server.received[0].endswith(b"\r\n\r\n3\r\nabc\r\n0\r\n\r\n")


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        pytest.param(f"GET / HTTP/1.1\r\nHost: {OTHER}\r\n\r\n", EgressReason.MALFORMED, id="another host"),
        pytest.param("GET / HTTP/1.1\r\n\r\n", EgressReason.MALFORMED, id="no host"),
        pytest.param(
            f"GET / HTTP/1.1\r\nHost: {HOST}\r\nHost: {OTHER}\r\n\r\n", EgressReason.MALFORMED, id="two hosts"
        ),
        pytest.param(
            f"GET http://{HOST}/ HTTP/1.1\r\nHost: {HOST}\r\n\r\n", EgressReason.MALFORMED, id="absolute form"
        ),
        pytest.param(
            f"CONNECT {HOST}:443 HTTP/1.1\r\nHost: {HOST}\r\n\r\n", EgressReason.MALFORMED, id="a tunnel within"
        ),
        pytest.param(
            f"POST / HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            EgressReason.MALFORMED,
            id="two lengths",
        ),
        pytest.param(f"GET / HTTP/1.1\nHost: {HOST}\n\n\r\n\r\n", EgressReason.MALFORMED, id="bare line feeds"),
    ],
)
async def test_what_is_said_within_tls_is_read_as_strictly(tmp_path: Path, request_: str, reason: EgressReason) -> None:
    async with (
        site(tmp_path, HOST, OTHER) as (server, authorities),
        a_proxy(HOST, names=NAMES, leads_to=server.port, injections=[INJECTION], authorities=authorities) as made,
    ):
        answer = await within_tls(made, request_.encode())
        record = await made.last()
    assert (record.verdict, record.reason) == (EgressVerdict.REFUSED, reason)
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["reason"] == reason
    assert made.dialled == []
    assert server.received == []


async def test_a_second_request_behind_the_first_is_cut(tmp_path: Path) -> None:
    async with (
        site(tmp_path, HOST) as (server, authorities),
        a_proxy(HOST, names=NAMES, leads_to=server.port, injections=[INJECTION], authorities=authorities) as made,
    ):
        await within_tls(made, GET + GET)
        record = await made.last()
    assert (record.verdict, record.reason) == (EgressVerdict.CUT, EgressReason.PIPELINED)
    assert b"".join(server.received).count(b"GET") == 1


async def test_a_server_that_cannot_prove_its_name_gets_nothing(tmp_path: Path) -> None:
    async with (
        site(tmp_path, OTHER) as (server, authorities),
        a_proxy(HOST, names=NAMES, leads_to=server.port, injections=[INJECTION], authorities=authorities) as made,
    ):
        answer = await within_tls(made, GET)
        record = await made.last()
    assert (record.verdict, record.reason) == (EgressVerdict.REFUSED, EgressReason.UNREACHABLE)
    assert b"its certificate is not accepted" in answer
    assert server.received == []


async def test_without_tls_the_secret_goes_nowhere_but_inside(tmp_path: Path) -> None:
    plain = f"GET http://{HOST}:{{port}}/ HTTP/1.1\r\nHost: {HOST}\r\n\r\n"
    async with (
        a_server(TellingServer()) as server,
        a_proxy(HOST, names=NAMES, leads_to=server.port, injections=[INJECTION]) as made,
    ):
        assert b"secret_needs_tls" in await made.ask(plain.format(port=80).encode())
        assert (await made.last()).reason is EgressReason.SECRET_NEEDS_TLS
        assert server.received == []
    async with (
        a_server(TellingServer()) as server,
        a_proxy(
            HOST,
            names=NAMES,
            leads_to=server.port,
            injections=[INJECTION],
            private=(f"{HOST}:{server.port}=127.0.0.1",),
        ) as made,
    ):
        assert (await made.ask(plain.format(port=server.port).encode())).endswith(b"hi")
        assert (await made.last()).secrets == ("a-secret",)
    assert TEXT.encode() in server.received[0]


async def test_the_other_hosts_of_a_job_are_not_read_and_get_no_secret(tmp_path: Path) -> None:
    serving, client_trusts = a_certificate(tmp_path, OTHER)
    async with (
        a_server(TellingServer(), serving) as server,
        a_proxy(HOST, OTHER, names=NAMES, leads_to=server.port, injections=[INJECTION]) as made,
    ):
        reader, writer = await made.connect()
        writer.write(CONNECT.replace(HOST.encode(), OTHER.encode()))
        await reader.readuntil(b"\r\n\r\n")
        # The certificate of the server itself: the proxy has taken no part in this connection.
        await writer.start_tls(client_trusts, server_hostname=OTHER)
        writer.write(GET.replace(HOST.encode(), OTHER.encode()))
        assert (await reader.read()).endswith(b"hi")
        writer.close()
        assert (await made.last()).secrets == ()
    assert TEXT.encode() not in server.received[0]


async def test_the_authority_of_a_job_is_believed_for_its_hosts_alone() -> None:
    authority = JobAuthority([HOST])
    trusted = ssl.create_default_context(cadata=authority.certificate.decode())
    async with a_server(TellingServer(), authority.context(OTHER)) as server:
        with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
            await asyncio.open_connection("127.0.0.1", server.port, ssl=trusted, server_hostname=OTHER)


async def test_a_client_that_does_not_trust_the_proxy_sends_nothing(tmp_path: Path) -> None:
    async with a_proxy(HOST, names=NAMES, injections=[INJECTION]) as made:
        reader, writer = await made.connect()
        writer.write(CONNECT)
        await reader.readuntil(b"\r\n\r\n")
        with pytest.raises(ssl.SSLCertVerificationError):
            await writer.start_tls(ssl.create_default_context(), server_hostname=HOST)
        record = await made.last()
        assert (record.verdict, record.reason) == (EgressVerdict.REFUSED, EgressReason.TLS_FAILED)
        await made.nothing_is_open()


BY_ITSELF = {
    "a step that opens a page": "Sec-Fetch-Site: none",
    "the page itself": f"Sec-Fetch-Site: same-origin\r\nReferer: https://{HOST}/a",
    "the page itself, which sends something": f"Sec-Fetch-Site: same-origin\r\nOrigin: https://{HOST}",
    "the page itself, of a browser that says less": f"Referer: https://{HOST}/a",
}
BY_ANOTHER = {
    "a page of another host": f"Sec-Fetch-Site: cross-site\r\nReferer: https://{OTHER}/",
    "a page of a neighbour": f"Sec-Fetch-Site: same-site\r\nOrigin: https://www.{HOST}",
    "a page that hides where it is from": "Sec-Fetch-Site: cross-site",
    "a page of no origin": "Origin: null",
    "a page of another host, of a browser that says less": f"Origin: https://{OTHER}",
    "a page that sends nothing, of a browser that says less": f"Referer: https://{OTHER}/",
    "a page whose host begins alike": f"Referer: https://{HOST}.evil.example/",
    "a page at another port": f"Origin: https://{HOST}:8443",
    "a page without TLS": f"Origin: http://{HOST}",
    "a picture that says nothing": "Accept: image/*",
}


@pytest.mark.parametrize("who", [*BY_ITSELF, *BY_ANOTHER])
async def test_in_a_browser_a_secret_goes_along_where_its_own_host_asks(tmp_path: Path, who: str) -> None:
    said = {**BY_ITSELF, **BY_ANOTHER}[who]
    request = GET.replace(b"\r\n\r\n", f"\r\n{said}\r\n\r\n".encode())
    given: dict[str, Any] = {"names": NAMES, "injections": [INJECTION], "of_pages": True}
    async with (
        site(tmp_path, HOST) as (server, authorities),
        a_proxy(HOST, leads_to=server.port, authorities=authorities, **given) as made,
    ):
        assert (await within_tls(made, request)).endswith(b"hi")
        record = await made.last()
    assert (TEXT.encode() in server.received[0]) == (who in BY_ITSELF)
    assert record.secrets == (("a-secret",) if who in BY_ITSELF else ())


@pytest.mark.parametrize("of_pages", [True, False])
async def test_without_tls_too(of_pages: bool) -> None:
    opened = "GET http://api.example.com:{port}/ HTTP/1.1\r\nHost: api.example.com\r\n{said}\r\n\r\n"
    saids = {
        "Upgrade-Insecure-Requests: 1": True,
        "Accept: image/*": False,
        f"Origin: http://{OTHER}": False,
        f"Referer: http://{OTHER}/\r\nUpgrade-Insecure-Requests: 1": False,
    }
    async with a_server(TellingServer()) as server:
        place = f"{HOST}:{server.port}"
        given: dict[str, Any] = {"private": (place,), "of_pages": of_pages, "names": NAMES, "injections": [INJECTION]}
        async with a_proxy(HOST, leads_to=server.port, **given) as made:
            for said in saids:
                await made.ask(opened.format(port=server.port, said=said).encode())
    found = [TEXT.encode() in one for one in server.received]
    assert found == (list(saids.values()) if of_pages else [True] * len(saids))


async def test_what_a_client_asks_without_secrets_takes_none_along_and_says_so_to_nobody(tmp_path: Path) -> None:
    async with (
        site(tmp_path, HOST) as (server, authorities),
        a_proxy(HOST, names=NAMES, leads_to=server.port, injections=[INJECTION], authorities=authorities) as made,
    ):
        reader, writer = await made.connect()
        writer.write(CONNECT.replace(b"\r\n\r\n", b"\r\nProxy-Without-Secrets: yes\r\n\r\n"))
        assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
        async with asyncio.timeout(60):
            await writer.start_tls(trusting(made), server_hostname=HOST)
            writer.write(GET)
            assert (await reader.read()).endswith(b"hi")
            writer.close()
    assert TEXT.encode() not in server.received[0]
    assert b"without-secrets" not in server.received[0].lower()
