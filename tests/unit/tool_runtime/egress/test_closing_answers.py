"""The head of an answer says that its connection closes, in whatever pieces it comes; the rest goes on as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tool_runtime.egress.answers import AnswerHeads
from tool_runtime.egress.grammar import MAX_HEAD

CLOSE = "Connection: close\r\n"
OK = "HTTP/1.1 200 OK\r\n"
INTERIM = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
CASES = {
    f"{OK}Content-Length: 2\r\n\r\nhi": f"{OK}{CLOSE}Content-Length: 2\r\n\r\nhi",
    f"{OK}\r\n": f"{OK}{CLOSE}\r\n",
    f"{OK}Connection: keep-alive\r\nKEEP-ALIVE : 5\r\nProxy-Connection:x\r\nA: b\r\n\r\n": f"{OK}{CLOSE}A: b\r\n\r\n",
    f"{OK}Connection: a,\r\n b\r\nA: c,\r\n\td\r\n\r\n": f"{OK}{CLOSE}A: c,\r\n\td\r\n\r\n",
    f"{INTERIM}HTTP/1.0 404 No\r\n\r\n{OK}\r\n": f"{INTERIM}HTTP/1.0 404 No\r\n{CLOSE}\r\n{OK}\r\n",
    f"HTTP/1.1 101 Other\r\n\r\n{OK}\r\n": f"HTTP/1.1 101 Other\r\n{CLOSE}\r\n{OK}\r\n",
    "HTTP/1.1 200 OK\nA: b\n\nhi": f"HTTP/1.1 200 OK\n{CLOSE}A: b\n\nhi",
    f"{OK}A: b": f"{OK}A: b",
    "no HTTP\r\n\r\n": "no HTTP\r\n\r\n",
    "HTT": "HTT",
    "": "",
}


def closed(*pieces: bytes) -> bytes:
    heads = AnswerHeads()
    return b"".join(map(heads.take, pieces)) + heads.rest()


@pytest.mark.parametrize("came", CASES)
@given(data=st.data())
def test_a_head_says_so_and_nothing_else_is_changed(came: str, data: st.DataObject) -> None:
    raw = came.encode()
    cuts = sorted(data.draw(st.sets(st.integers(0, len(raw)))))
    pieces = [raw[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
    assert closed(*pieces) == CASES[came].encode()


def test_what_comes_behind_the_head_is_not_held() -> None:
    heads = AnswerHeads()
    assert heads.take(b"HTTP/1.1 200 OK\r\nA: b") == b""
    assert heads.take(b"\r\n\r\nbody").endswith(b"body")
    assert heads.take(b"Connection: keep-alive\r\n\r\n") == b"Connection: keep-alive\r\n\r\n"


def test_a_head_without_an_end_is_not_held_for_ever() -> None:
    heads = AnswerHeads()
    assert heads.take(b"HTTP/1.1 200 OK\r\nA: " + b"x" * (MAX_HEAD - 100)) == b""
    passed = heads.take(b"x" * 200)
    assert len(passed) == len(b"HTTP/1.1 200 OK\r\nA: ") + MAX_HEAD + 100
    assert heads.take(b"y") == b"y"


@pytest.mark.parametrize(
    ("sent", "goes_on"),
    [
        (
            b"HTTP/1.1 200 OK\r\nX: a\rConnection: keep-alive\r\nLength: 1\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nConnection: close\r\nX: a Connection: keep-alive\r\nLength: 1\r\n\r\n",
        ),
        (
            b"HTTP/1.1 200 OK\rX: a\r\nY: b\r\r\n\r\n",
            b"HTTP/1.1 200 OK X: a\r\nConnection: close\r\nY: b \r\n\r\n",
        ),
        (
            b"HTTP/1.1 103 Early\rHTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\n\n",
            b"HTTP/1.1 103 Early HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\nConnection: close\r\n\n",
        ),
    ],
)
def test_a_carriage_return_by_itself_ends_no_line(sent: bytes, goes_on: bytes) -> None:
    for size in (1, 7, len(sent)):
        heads = AnswerHeads()
        assert b"".join(heads.take(sent[at : at + size]) for at in range(0, len(sent), size)) == goes_on
