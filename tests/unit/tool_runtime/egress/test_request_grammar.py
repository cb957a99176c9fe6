"""A head is read in one way or refused; what was read is what is sent on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.contracts.egress_hosts import is_host
from tool_runtime.egress.grammar import HEAD_END, parse_head
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
