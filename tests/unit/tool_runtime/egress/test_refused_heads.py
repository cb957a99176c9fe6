"""Each rule of a request's head, and the words in which a request that breaks it is refused."""

import pytest

from foundation.contracts.egress.records import EgressReason
from tool_runtime.egress.grammar import HEAD_END, MAX_HEADERS, parse_head
from tool_runtime.egress.refusals import RefusedError

FIRST = "GET http://a.example/ HTTP/1.1"
WORDS = "the request is not one that this proxy takes: "


def refusal(head: str) -> RefusedError:
    with pytest.raises(RefusedError) as refused:
        parse_head(head.encode("latin-1") + HEAD_END)
    assert refused.value.reason is EgressReason.MALFORMED
    return refused.value


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("GET http://a.example/", "the first line is not METHOD TARGET HTTP/1.1"),
        (f"{FIRST}\r\nno colon", "a header is not `name: value` on one line"),
        (f"{FIRST}\r\nA header: 1", "a header is not `name: value` on one line"),
        (f"{FIRST}\r\n: 1", "a header is not `name: value` on one line"),
        (f"{FIRST}\r\nX: 1\r\n folded", "a header is not `name: value` on one line"),
        (f"{FIRST}\r\nX: a\x01b", "a header is not `name: value` on one line"),
        (f"{FIRST}\r\nX: a\nY: b", "a line does not end with CR LF alone, or holds NUL"),
        (f"{FIRST}\r\nX: a\rb", "a line does not end with CR LF alone, or holds NUL"),
        (f"{FIRST}\r\nX: a\0b", "a line does not end with CR LF alone, or holds NUL"),
        (f"{FIRST}\r\nHost: a.example\r\nhost: b.example", "host stands there twice"),
        (f"{FIRST}\r\nContent-Length: 1\r\nContent-Length: 1", "content-length stands there twice"),
        (f"{FIRST}\r\nExpect: 100-continue", "expect is not taken"),
        (
            f"{FIRST}\r\nTransfer-Encoding: chunked\r\nContent-Length: 1",
            "a body has a content-length, or comes with `transfer-encoding: chunked`",
        ),
        (
            f"{FIRST}\r\nTransfer-Encoding: gzip",
            "a body has a content-length, or comes with `transfer-encoding: chunked`",
        ),
        (f"{FIRST}\r\nContent-Length: 1x", "content-length is not a number"),
        (f"{FIRST}\r\nContent-Length: -1", "content-length is not a number"),
        ("CONNECT a.example:443 HTTP/1.1\r\nContent-Length: 1", "a CONNECT has no body"),
        ("CONNECT a.example:443 HTTP/1.1\r\nTransfer-Encoding: chunked", "a CONNECT has no body"),
        ("CONNECT a.example HTTP/1.1", "a CONNECT names a port"),
        ("CONNECT a.example:0 HTTP/1.1", "there is no such port"),
        ("CONNECT a.example:65536 HTTP/1.1", "there is no such port"),
        ("GET https://a.example/ HTTP/1.1", "the target is not http://host/path, and https goes through CONNECT"),
        ("GET / HTTP/1.1", "the target is not http://host/path, and https goes through CONNECT"),
    ],
)
def test_a_head_that_breaks_a_rule_is_refused_in_its_words(head: str, said: str) -> None:
    assert refusal(head).detail == f"{WORDS}{said}"


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost", "a_b.example", "a..example", "user@a.example"])
def test_a_host_is_a_full_name(host: str) -> None:
    assert "the host is not a full name" in refusal(f"GET http://{host}/ HTTP/1.1").detail


def test_as_many_headers_as_there_may_be_are_read_and_not_one_more() -> None:
    lines = "".join(f"\r\nX-{number}: 1" for number in range(MAX_HEADERS))
    assert len(parse_head(f"{FIRST}{lines}".encode() + HEAD_END).headers) == MAX_HEADERS
    assert refusal(f"{FIRST}{lines}\r\nOne-More: 1").detail.endswith(f"more than {MAX_HEADERS} headers")


def test_the_last_port_is_a_port() -> None:
    assert parse_head(b"CONNECT a.example:65535 HTTP/1.1" + HEAD_END).port == 65535


def test_a_body_has_a_length_or_comes_in_chunks_or_is_empty() -> None:
    assert parse_head(FIRST.encode() + HEAD_END).length == 0
    assert parse_head(f"{FIRST}\r\nContent-Length: 12".encode() + HEAD_END).length == 12
    assert parse_head(f"{FIRST}\r\nTransfer-Encoding: Chunked".encode() + HEAD_END).length is None


def test_what_was_meant_for_the_connection_stays_behind_but_never_what_frames_the_body() -> None:
    lines = ("Connection: X-Own, content-length", "X-Own: 1", "Content-Length: 3", "TE: x", "Proxy-Auth: y", "Z:  2 ")
    head = "\r\n".join([FIRST, *lines])
    assert parse_head(head.encode() + HEAD_END).headers == (("Content-Length", "3"), ("Z", "2"))
