"""A head is read in one way or refused; what was read is what is sent on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.contracts.egress.hosts import is_host
from tool_runtime.egress.grammar import HEAD_END, ProxyRequest, parse_head, parse_head_inside
from tool_runtime.egress.refusals import RefusedError


@pytest.mark.parametrize(
    ("target", "host", "port", "path"),
    [
        ("http://a.example", "a.example", 80, "/"),
        ("http://a.example/", "a.example", 80, "/"),
        ("http://A.Example.:8080/x?y=1", "a.example", 8080, "/x?y=1"),
        ("http://a.example?y=1", "a.example", 80, "/?y=1"),
        ("http://a.example/http://b.example/@c.example", "a.example", 80, "/http://b.example/@c.example"),
    ],
)
def test_a_target_is_taken_apart_once(target: str, host: str, port: int, path: str) -> None:
    request = parse_head(f"GET {target} HTTP/1.1".encode() + HEAD_END)
    assert (request.host, request.port, request.path, request.is_tunnel) == (host, port, path, False)


@pytest.mark.parametrize("authority", ["a.example:443", "A.EXAMPLE.:443"])
def test_a_tunnel_has_a_host_and_a_port(authority: str) -> None:
    request = parse_head(f"CONNECT {authority} HTTP/1.0".encode() + HEAD_END)
    assert (request.host, request.port, request.is_tunnel) == ("a.example", 443, True)


@pytest.mark.parametrize(
    "target", ["http://a.example/#b", "http://a.example:/", "http:/a.example/", "HTTP://a.example/"]
)
def test_other_forms_of_a_target_are_refused(target: str) -> None:
    with pytest.raises(RefusedError):
        parse_head(f"GET {target} HTTP/1.1".encode() + HEAD_END)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_become_a_request_that_reads_as_itself(data: bytes) -> None:
    _reads_as_itself(data + HEAD_END)


@given(
    st.text("aA1-.:@[]%/\\ \0\r\n\tö", max_size=30),
    st.lists(
        st.tuples(
            st.sampled_from(
                ["Host", "host", "Content-Length", "Transfer-Encoding", "Connection", "X", "Proxy-X", " X"]
            ),
            st.sampled_from(["1", "chunked", "a.example", "Content-Length", "", " ", "1\r\n2", "\0", "é"]),
        ),
        max_size=4,
    ),
)
def test_near_misses_too(authority: str, headers: list[tuple[str, str]]) -> None:
    lines = "".join(f"\r\n{name}: {value}" for name, value in headers)
    _reads_as_itself(f"POST http://{authority}/ HTTP/1.1{lines}\r\n\r\n".encode("latin-1"))


def _reads_as_itself(head: bytes) -> None:
    try:
        request = parse_head(head)
    except RefusedError:
        return
    assert is_host(request.host)
    if not request.is_tunnel:
        sent = request.head()
        assert sent.count(HEAD_END) == 1
        assert sent.endswith(HEAD_END)
        again = parse_head(sent.replace(b" /", f" http://{request.host}:{request.port}/".encode(), 1))
        assert (again.host, again.port, again.path, again.length) == (
            request.host,
            request.port,
            request.path,
            request.length,
        )


TUNNEL = ProxyRequest("CONNECT", "a.example", 443)


@pytest.mark.parametrize("host", ["a.example", "A.Example", "a.example:443"])
def test_within_a_tunnel_a_request_is_to_its_host_alone(host: str) -> None:
    head = f"POST /x?y=1 HTTP/1.1\r\nHost: {host}\r\nContent-Length: 3\r\nX: 1\r\nConnection: keep-alive".encode()
    request = parse_head_inside(head + HEAD_END, TUNNEL)
    assert (request.method, request.host, request.port, request.path) == ("POST", "a.example", 443, "/x?y=1")
    assert (request.headers, request.length) == ((("Content-Length", "3"), ("X", "1")), 3)


@pytest.mark.parametrize(
    "head",
    [
        "GET / HTTP/1.1",
        "GET / HTTP/1.1\r\nHost: b.example",
        "GET / HTTP/1.1\r\nHost: a.example:80",
        "GET / HTTP/1.1\r\nHost: a.example\r\nHost: a.example",
        "GET http://a.example/ HTTP/1.1\r\nHost: a.example",
        "GET /#x HTTP/1.1\r\nHost: a.example",
        "GET * HTTP/1.1\r\nHost: a.example",
        "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example",
        "CONNECT / HTTP/1.1\r\nHost: a.example",
    ],
)
def test_within_a_tunnel_anything_else_is_refused(head: str) -> None:
    with pytest.raises(RefusedError):
        parse_head_inside(head.encode() + HEAD_END, TUNNEL)


def test_what_is_added_stands_in_the_place_of_what_the_client_wrote() -> None:
    head = b"GET / HTTP/1.1\r\nHost: a.example\r\nX-KEY: mine\r\nx-key: mine too\r\nY: 1" + HEAD_END
    request = parse_head_inside(head, TUNNEL)
    sent = request.head((("x-key", "ours"), ("z", "2")), usual_port=443).decode().split("\r\n")
    assert sent == ["GET / HTTP/1.1", "Host: a.example", "Connection: close", "Y: 1", "x-key: ours", "z: 2", "", ""]
    assert "Host: a.example:443" in request.head().decode()


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("http://127.0.0.1/private/path?token=abcd", "http://127.0.0.1"),
        ("http://user:secret@10.0.0.1:8080/x", "http://10.0.0.1:8080"),
        ("https://a.example/x?y", "https://a.example"),
        ("http://127.0.0.1?token=abcd", "http://127.0.0.1"),
        ("http://127.0.0.1\\token", "http://127.0.0.1"),
        ("/private?token=abcd", ""),
        ("secret@10.0.0.1:22", "10.0.0.1:22"),
        ("/x?next=http://a.example", ""),
    ],
)
def test_of_a_target_that_is_refused_neither_path_nor_credential_is_written_down(target: str, shown: str) -> None:
    with pytest.raises(RefusedError) as refused:
        parse_head(f"GET {target} HTTP/1.1".encode() + HEAD_END)
    assert refused.value.asked == ("GET", shown)


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "DEBUG", "PRI"])
def test_a_method_whose_answer_could_show_what_was_added_is_refused(method: str) -> None:
    with pytest.raises(RefusedError, match="the method is one of"):
        parse_head(f"{method} http://a.example/ HTTP/1.1".encode() + HEAD_END)
    tunnel = ProxyRequest("CONNECT", "a.example", 443)
    with pytest.raises(RefusedError, match="the method is one of"):
        parse_head_inside(f"{method} / HTTP/1.1\r\nHost: a.example".encode() + HEAD_END, tunnel)
