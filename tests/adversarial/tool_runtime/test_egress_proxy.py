"""Attempts to reach more than the list through the proxy itself: names, addresses, ports, TLS, HTTP, time, number."""

import asyncio
import contextlib
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.egress import homes
from fixtures.sandboxing.egress import PUBLIC, TellingServer, a_certificate, a_proxy, a_server
from foundation.contracts.egress.records import MAX_REFUSALS, EgressReason, EgressVerdict
from tool_runtime.egress.limits import EgressLimits

OPEN = {"open.example": [[PUBLIC]], "a.wild.example": [[PUBLIC]], "wild.example": [[PUBLIC]]}
REFUSED, CUT, ALLOWED = EgressVerdict.REFUSED, EgressVerdict.CUT, EgressVerdict.ALLOWED


@pytest.fixture(autouse=True, params=[homes.RUNNER, pytest.param(homes.SERVICE, marks=pytest.mark.full)])
def home(request: pytest.FixtureRequest) -> Iterator[str]:
    """Every attempt is made in both homes of the proxy, in the default tier beside its client."""
    with homes.chosen(request.param):
        yield request.param


def get(url: str, *headers: str) -> bytes:
    return "\r\n".join([f"GET {url} HTTP/1.1", *headers, "", ""]).encode("latin-1")


def post(body: bytes, *headers: str) -> bytes:
    return "\r\n".join(["POST http://open.example/ HTTP/1.1", *headers, "", ""]).encode() + body


def connect(authority: str, version: str = "1.1") -> bytes:
    return f"CONNECT {authority} HTTP/{version}\r\nHost: {authority}\r\n\r\n".encode("latin-1")


def by_both(authority: str) -> list[bytes]:
    port = "" if authority.endswith(":443") else ":443"
    return [connect(f"{authority}{port}"), get(f"http://{authority}/")]


NO_NAMES = [
    *("127.0.0.1", "169.254.169.254", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0x7f.1", "1.1.1.0x1"),
    *("[::1]", "[::ffff:169.254.169.254]", "[fd00:ec2::254]", "[64:ff9b::a9fe:a9fe]", "[fe80::1%25eth0]", "::1"),
    *("localhost", "open", "open.example@evil.example", "evil.example#open.example", "open.example%00.evil.example"),
    *("[open.example]", "open.example:443:25", "open..example", "-open.example", "open_x.example", "öpen.example"),
    *("open.example\\evil.example", "a" * 64 + ".example", ".".join(["a" * 50] * 6) + ".example", ".", "*.example"),
]


@pytest.mark.parametrize("authority", NO_NAMES)
async def test_what_is_no_full_name_is_neither_resolved_nor_dialled(authority: str) -> None:
    async with a_proxy("open.example", "*.wild.example", names=OPEN) as made:
        for request in by_both(authority):
            answer = await made.ask(request)
            assert answer.startswith(b"HTTP/1.1 400"), (request, answer)
        record = await made.last(of=2)
        assert (record.verdict, record.reason, record.host) == (REFUSED, EgressReason.MALFORMED, "")
        assert record.target or "ö" in authority
        assert (made.names.asked, made.dialled) == ([], [])


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "notopen.example",
        "open.example.evil.example",
        "wild.example",
        "evilwild.example",
        "xopen.example",
    ],
)
async def test_a_name_that_is_not_on_the_list_is_not_even_resolved(host: str) -> None:
    async with a_proxy("open.example", "*.wild.example", names=OPEN) as made:
        for request in by_both(host):
            answer = await made.ask(request)
            assert answer.startswith(b"HTTP/1.1 403 Forbidden: host_not_allowed")
        record = await made.last(of=2)
        assert (record.host, record.reason) == (host, EgressReason.HOST_NOT_ALLOWED)
        assert (made.names.asked, made.dialled) == ([], [])


async def test_without_a_list_nothing_is_reached_and_the_refusal_says_so() -> None:
    async with a_proxy(names=OPEN) as made:
        answer = await made.ask(get("http://open.example/"))
        assert b"it has no host at all" in answer
        assert made.names.asked == []


async def test_the_tenants_policy_stands_above_the_list_of_the_task() -> None:
    async with a_proxy("open.example", "a.wild.example", names=OPEN, ceiling=["*.wild.example"]) as made:
        assert b"above_ceiling" in await made.ask(get("http://open.example/"))
        await made.ask(get("http://a.wild.example/"))
        assert [address for address, _ in made.dialled] == [PUBLIC]


@pytest.mark.parametrize(
    "addresses",
    [
        *(
            ["127.0.0.1"],
            ["10.0.0.1"],
            ["172.16.0.1"],
            ["192.168.1.1"],
            ["169.254.169.254"],
            ["100.64.0.1"],
            ["0.0.0.0"],
        ),
        *(["192.0.0.192"], ["192.88.99.1"], ["168.63.129.16"], ["198.18.0.1"], ["224.0.0.1"], ["240.0.0.1"]),
        *(["255.255.255.255"], ["::1"], ["::"], ["fe80::1"], ["fd00:ec2::254"], ["ff02::1"], ["::ffff:127.0.0.1"]),
        *(["::ffff:93.184.216.34"], ["::127.0.0.1"], ["64:ff9b::a9fe:a9fe"], ["64:ff9b:1::1"], ["2002:7f00:1::"]),
        *(["2001::1"], ["2001:db8::1"], ["fec0::1"], [PUBLIC, "10.0.0.1"], [PUBLIC, "::1"], ["3fff::1"]),
    ],
    ids=str,
)
async def test_a_name_of_which_one_address_is_not_public_is_refused_whole(addresses: list[str]) -> None:
    async with a_proxy("open.example", names={"open.example": [addresses]}) as made:
        for request in by_both("open.example"):
            answer = await made.ask(request)
            assert answer.startswith(b"HTTP/1.1 403 Forbidden: address_not_allowed")
        assert made.dialled == []


async def test_a_name_is_resolved_once_and_the_connection_goes_where_that_answer_led() -> None:
    rebinding = {"open.example": [[PUBLIC], ["127.0.0.1"]]}
    async with (
        a_server(TellingServer()) as server,
        a_proxy("open.example", names=rebinding, leads_to=server.port) as made,
    ):
        assert (await made.ask(get("http://open.example/"))).endswith(b"hi")
        assert (made.names.asked, made.dialled) == (["open.example"], [(PUBLIC, 80)])
        assert b"address_not_allowed" in await made.ask(get("http://open.example/"))
        assert made.dialled == [(PUBLIC, 80)]


async def test_a_redirect_leads_nowhere_else_because_following_it_is_a_request_of_its_own() -> None:
    moved = TellingServer(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n")
    async with a_server(moved) as server, a_proxy("open.example", names=OPEN, leads_to=server.port) as made:
        assert b"302 Found" in await made.ask(get("http://open.example/"))
        assert made.dialled == [(PUBLIC, 80)]


@pytest.mark.parametrize("port", [1, 22, 25, 53, 8080, 65535])
async def test_other_ports_than_those_of_the_web_are_refused(port: int) -> None:
    async with a_proxy("open.example", names=OPEN) as made:
        for request in (connect(f"open.example:{port}"), get(f"http://open.example:{port}/")):
            assert b"port_not_allowed" in await made.ask(request)
        assert (made.names.asked, made.dialled) == ([], [])


async def test_a_private_place_is_reached_where_the_operator_and_the_task_name_it_and_only_there() -> None:
    names = {"inside.example": [["10.1.2.3"]], "fixed.example": [["10.9.9.9"]]}
    private = ("inside.example:8080", "fixed.example:8081=127.0.0.1")
    async with a_server(TellingServer()) as server:
        async with a_proxy("*.example.com", names=names, private=private) as made:
            assert b"host_not_allowed" in await made.ask(get("http://inside.example:8080/"))
        hosts = ("inside.example", "fixed.example")
        async with a_proxy(*hosts, names=names, private=private, leads_to=server.port) as made:
            assert (await made.ask(get("http://inside.example:8080/"))).endswith(b"hi")
            assert (await made.ask(get("http://fixed.example:8081/"))).endswith(b"hi")
            assert made.dialled == [("10.1.2.3", 8080), ("127.0.0.1", 8081)]
            assert b"address_not_allowed" in await made.ask(get("http://inside.example/"))
            assert b"port_not_allowed" in await made.ask(get("http://inside.example:8081/"))


MALFORMED = {
    "no absolute form": get("/"),
    "asterisk": b"OPTIONS * HTTP/1.1\r\n\r\n",
    "https without a tunnel": get("https://open.example/"),
    "another scheme": get("file:///etc/passwd"),
    "small letters": b"get http://open.example/ HTTP/1.1\r\n\r\n",
    "another version": b"GET http://open.example/ HTTP/2.0\r\n\r\n",
    "two blanks": b"GET  http://open.example/ HTTP/1.1\r\n\r\n",
    "a tab": b"GET\thttp://open.example/ HTTP/1.1\r\n\r\n",
    "bare line feeds": b"GET http://open.example/ HTTP/1.1\nHost: open.example\n\r\n\r\n",
    "a bare carriage return": get("http://open.example/", "X: a\rHost: evil.example"),
    "NUL in a header": get("http://open.example/", "X: a\0b"),
    "NUL in the target": get("http://open.example\0.evil.example/"),
    "a folded header": get("http://open.example/", "X: a", " b"),
    "a blank before the colon": get("http://open.example/", "Content-Length : 3"),
    "no colon": get("http://open.example/", "nothing"),
    "hosts": get("http://open.example/", "Host: open.example", "host: evil.example"),
    "lengths": post(b"abc", "Content-Length: 3", "Content-Length: 3"),
    "length and chunks": post(b"0\r\n\r\n", "Content-Length: 5", "Transfer-Encoding: chunked"),
    "another coding": post(b"", "Transfer-Encoding: gzip, chunked"),
    "a hidden coding": post(b"", "Transfer-Encoding: xchunked"),
    "two codings": post(b"", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
    "a length with an underscore": post(b"abc", "Content-Length: 3", "Content_Length: 5"),
    "chunks with an underscore": post(b"abc", "Content-Length: 3", "Transfer_Encoding: chunked"),
    "a host with an underscore in its name": get("http://open.example/", "Keep_Alive: 5"),
    "a signed length": post(b"abc", "Content-Length: +3"),
    "a list of lengths": post(b"abc", "Content-Length: 3, 3"),
    "a hexadecimal length": post(b"abc", "Content-Length: 0x3"),
    "expect": post(b"", "Expect: 100-continue"),
    "too many headers": get("http://open.example/", *(f"X-{n}: 1" for n in range(101))),
    "a head without an end": b"GET http://open.example/ HTTP/1.1\r\nX: " + b"a" * 70_000,
    "a tunnel without a port": connect("open.example"),
    "a tunnel with a path": connect("open.example:443/x"),
    "a tunnel with a body": b"CONNECT open.example:443 HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc",
    "port 0": connect("open.example:0"),
    "port 65536": connect("open.example:65536"),
    "SOCKS": b"\x05\x01\x00\r\n\r\n",
}


@pytest.mark.parametrize("request_", MALFORMED.values(), ids=MALFORMED.keys())
async def test_what_two_parsers_could_read_in_two_ways_is_refused(request_: bytes) -> None:
    async with a_proxy("open.example", names=OPEN) as made:
        assert (await made.ask(request_)).startswith(b"HTTP/1.1 400 Bad Request: malformed")
        assert (await made.last()).reason is EgressReason.MALFORMED
        assert made.dialled == []


async def test_a_server_sees_the_host_of_the_decision_and_nothing_that_was_meant_for_the_proxy() -> None:
    async with a_server(TellingServer()) as server, a_proxy("open.example", names=OPEN, leads_to=server.port) as made:
        headers = (
            *("Host: evil.example", "Proxy-Authorization: Basic eA==", "Connection: X-Secret, keep-alive"),
            *("X-Secret: 1", "Upgrade: websocket", "TE: trailers", "Keep-Alive: 5", "Accept: */*"),
        )
        assert (await made.ask(get("http://OPEN.example./a?b", *headers))).endswith(b"hi")
        [request] = server.received
        assert request == b"GET /a?b HTTP/1.1\r\nHost: open.example\r\nConnection: close\r\nAccept: */*\r\n\r\n"
        record = await made.last()
        assert (record.verdict, record.host, record.port, record.address) == (ALLOWED, "open.example", 80, PUBLIC)
        assert (record.up, record.down) == (len(request), len(server.answer))


@pytest.mark.parametrize(
    ("sent", "headers"),
    [
        (b"GET http://evil.example/ HTTP/1.1\r\n\r\n", ()),
        (b"abcGET / HTTP/1.1\r\n\r\n", ("Content-Length: 3",)),
        (b"0\r\n\r\nGET / HTTP/1.1\r\n\r\n", ("Transfer-Encoding: chunked",)),
    ],
)
async def test_a_second_request_behind_the_first_reaches_nobody(sent: bytes, headers: tuple[str, ...]) -> None:
    async with (
        a_server(TellingServer(answer=b"")) as server,
        a_proxy("open.example", names=OPEN, leads_to=server.port) as made,
    ):
        await made.ask(post(sent, *headers))
        record = await made.last()
        assert (record.verdict, record.reason) == (CUT, EgressReason.PIPELINED)
        assert b"GET /" not in server.received[0]


@pytest.mark.parametrize(
    "chunks",
    [b"3;x=1\r\nabc\r\n0\r\n\r\n", b"3\r\nabcd\r\n0\r\n\r\n", b"-1\r\n", b"0\r\nX: 1\r\n\r\n", b"3 \r\nabc\r\n"],
)
async def test_chunks_are_sent_on_only_as_they_are_understood(chunks: bytes) -> None:
    async with (
        a_server(TellingServer(answer=b"")) as server,
        a_proxy("open.example", names=OPEN, leads_to=server.port) as made,
    ):
        await made.ask(post(chunks, "Transfer-Encoding: chunked"))
        record = await made.last()
        assert (record.verdict, record.reason) == (CUT, EgressReason.MALFORMED)


async def test_a_body_in_chunks_arrives_whole_in_as_few_as_there_may_be() -> None:
    async with a_server(TellingServer()) as server, a_proxy("open.example", names=OPEN, leads_to=server.port) as made:
        answer = await made.ask(post(b"3\r\nabc\r\n00A\r\n0123456789\r\n0\r\n\r\n", "Transfer-Encoding: chunked"))
        assert answer.endswith(b"hi")
        assert server.received[0].endswith(b"\r\n\r\nd\r\nabc0123456789\r\n0\r\n\r\n")


async def _tunnel(made_address: tuple[str, int], authority: str, context: ssl.SSLContext, name: str | None) -> bytes:
    reader, writer = await asyncio.open_connection(*made_address)
    try:
        writer.write(connect(authority, "1.0"))
        if not (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200"):
            return b"refused"
        context.check_hostname = name is not None
        await writer.start_tls(context, server_hostname=name)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        return await reader.read()
    finally:
        writer.close()


async def test_tls_goes_through_untouched_when_its_server_name_is_that_of_the_tunnel(tmp_path: Path) -> None:
    serving, trusting = a_certificate(tmp_path, "open.example")
    async with (
        a_server(TellingServer(), serving) as server,
        a_proxy("open.example", names=OPEN, leads_to=server.port) as made,
    ):
        answer = await _tunnel(made.address, "Open.Example.:443", trusting, "open.example")
        assert answer.endswith(b"hi")
        record = await made.last()
        assert (record.method, record.verdict, record.host, record.port) == ("CONNECT", ALLOWED, "open.example", 443)
        assert record.up > 300
        assert record.down > len(answer)


@pytest.mark.parametrize("name", ["evil.example", None])
async def test_another_server_name_or_none_is_refused_before_anything_is_dialled(
    name: str | None, tmp_path: Path
) -> None:
    _, trusting = a_certificate(tmp_path, "open.example")
    async with a_proxy("open.example", names=OPEN) as made:
        with pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"):
            await _tunnel(made.address, "open.example:443", trusting, name)
        record = await made.last()
        assert (record.verdict, record.reason) == (REFUSED, EgressReason.SERVER_NAME_MISMATCH)
        assert made.dialled == []


@pytest.mark.parametrize(
    "sent",
    [b"GET / HTTP/1.1\r\n\r\n", b"SSH-2.0-x\r\n", b"\x16\x03\x01\x00\x00", b"\x16\x03\x01\x00\x05\x02\x00\x00\x01\x00"],
)
async def test_what_is_not_tls_does_not_pass_a_tunnel(sent: bytes) -> None:
    async with a_proxy("open.example", names=OPEN) as made:
        answer = await made.ask(connect("open.example:443") + sent)
        assert answer == b"HTTP/1.1 200 Connection established\r\n\r\n"
        assert (await made.last()).reason is EgressReason.NOT_TLS
        assert made.dialled == []


async def test_slow_clients_are_let_go() -> None:
    limits = EgressLimits(head_seconds=0.1, idle_seconds=0.1)
    silent = TellingServer(answer=b"")
    async with (
        a_server(silent) as server,
        a_proxy("open.example", names=OPEN, limits=limits, leads_to=server.port) as made,
    ):
        assert (await made.ask(b"GET http://open.ex")).startswith(b"HTTP/1.1 408")
        assert (await made.last(of=1)).reason is EgressReason.TOO_SLOW
        assert (await made.ask(connect("open.example:443") + b"\x16\x03\x01")).endswith(b"established\r\n\r\n")
        assert (await made.last(of=2)).reason is EgressReason.TOO_SLOW
        await made.ask(get("http://open.example/"))
        record = await made.last(of=3)
        assert (record.verdict, record.reason) == (CUT, EgressReason.TOO_SLOW)


async def test_a_flood_of_connections_is_refused_above_the_limit_and_ends_with_the_listener() -> None:
    limits = EgressLimits(connections=3, connections_in_all=8)
    async with a_proxy("open.example", names=OPEN, limits=limits) as made:
        held = [await made.connect() for _ in range(3)]
        for _ in range(4):
            assert (await made.ask(b"")).startswith(b"HTTP/1.1 429")
        for _, writer in held:
            writer.close()
        await made.last(of=7)
        assert (await made.ask(get("http://evil.example/"))).startswith(b"HTTP/1.1 403")
        await made.last(of=8)
        with pytest.raises(ConnectionRefusedError):
            await made.connect()


async def test_requests_and_bytes_are_counted_over_the_whole_job() -> None:
    async with a_server(TellingServer()) as server:
        few = EgressLimits(requests=1)
        async with a_proxy("open.example", names=OPEN, limits=few, leads_to=server.port) as made:
            assert (await made.ask(get("http://open.example/"))).endswith(b"hi")
            assert b"too_many_requests" in await made.ask(get("http://open.example/"))
            assert len(made.dialled) == 1
        small = EgressLimits(bytes=100)
        async with a_proxy("open.example", names=OPEN, limits=small, leads_to=server.port) as made:
            await made.ask(get("http://open.example/", "X: " + "a" * 100))
            record = await made.last()
            assert (record.verdict, record.reason, record.up) == (CUT, EgressReason.TOO_MANY_BYTES, 0)
            assert b"too_many_bytes" in await made.ask(get("http://open.example/"))


async def test_every_request_is_in_the_report_and_refusals_above_its_bound_are_counted() -> None:
    async with a_proxy("open.example", names=OPEN) as made:
        for _ in range(MAX_REFUSALS // 20 + 1):
            await asyncio.gather(*(made.ask(get("http://evil.example/")) for _ in range(20)))
        await made.nothing_is_open()
        report = made.proxy.report()
        assert (len(report.records), report.refusals_left_out) == (MAX_REFUSALS, 20)


async def test_what_is_open_when_the_job_ends_is_cut_and_told() -> None:
    silent = TellingServer(answer=b"")
    async with a_server(silent) as server:
        async with a_proxy("open.example", names=OPEN, leads_to=server.port) as made:
            reader, writer = await made.connect()
            writer.write(get("http://open.example/"))
            await silent.reached.wait()
        [record] = made.proxy.report().records
        assert (record.verdict, record.reason) == (CUT, EgressReason.JOB_ENDED)
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()
