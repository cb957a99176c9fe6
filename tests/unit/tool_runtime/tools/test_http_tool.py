"""What `http` makes of its arguments, and of an answer."""

import contextlib
import gzip
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from foundation.contracts.tool_job import RESULT_BYTES
from foundation.contracts.tools.http import HTTP, HttpResult
from foundation.domain.tools import ToolEffect
from tool_runtime.runner.result_document import read_result
from tool_runtime.tools.base import Repeats
from tool_runtime.tools.programs.http.request import Request, RequestFailed
from tool_runtime.tools.programs.http.result import MAX_BODY, MAX_TEXT, result_of
from tool_runtime.tools.programs.results import write_result
from tool_runtime.tools.registry import find_tool

URL = "https://a.example/x"


def request(**arguments: Any) -> dict[str, Any]:
    """The document that the program is given."""
    files = dict(find_tool("http").invocation({"method": "GET", "url": URL, **arguments}).files)
    told: dict[str, Any] = json.loads(files["in/request.json"])
    return told


def sent(**arguments: Any) -> Request:
    return Request(request(**arguments))


@pytest.mark.parametrize(
    "arguments",
    [
        *(
            {"method": "get"},
            {"method": "CONNECT"},
            {"method": "TRACE"},
            {"url": "a.example"},
            {"url": "ftp://a.example/"},
        ),
        *(
            {"url": "http://127.0.0.1/"},
            {"url": "http://[::1]/"},
            {"url": "http://localhost/"},
            {"url": "http://0x7f.1/"},
        ),
        *({"url": "http://u:p@a.example/"}, {"url": "http://a.example:99999/"}, {"url": "http://a.example:0/"}),
        *({"url": "http://a.example/ b"}, {"url": "http://a.example/\r\nX: y"}, {"url": "http://ä.example/"}),
        *(
            {"headers": {"Host": "b.example"}},
            {"headers": {"Transfer-Encoding": "chunked"}},
            {"headers": {"X": "a\r\nY: b"}},
        ),
        *({"headers": {"X Y": "1"}}, {"headers": {"x": "1", "X": "2"}}, {"headers": {"Proxy-Authorization": "x"}}),
        *({"json": {}, "body": "x"}, {"json": None, "form": {}}, {"body": 1}, {"query": {"a": {}}}, {"nothing": 1}),
        *({"max_redirects": 11}, {"timeout_seconds": 0}),
    ],
    ids=str,
)
def test_a_request_that_cannot_be_made_is_refused_with_its_place(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        request(**arguments)
    assert HTTP.faults({"method": "GET", "url": URL, **arguments})


def test_a_value_of_an_expression_is_judged_when_it_is_there() -> None:
    assert not HTTP.faults({"method": "GET", "url": "${input.url}", "headers": {"X": "${input.x}"}}, expressions=True)


@pytest.mark.parametrize(
    ("method", "effect"),
    [
        ("GET", "pure"),
        ("HEAD", "pure"),
        ("PUT", "pure"),
        ("DELETE", "pure"),
        ("POST", "once"),
        ("PATCH", "once"),
        (None, "once"),
    ],
)
def test_what_repeating_it_means_follows_from_its_method(method: str | None, effect: str) -> None:
    assert HTTP.effect_of({"method": method}, reaches=True) is ToolEffect(effect)


def test_the_body_and_the_query_are_written_as_they_were_meant() -> None:
    made = sent(method="POST", json={"a": [1, "é"]}, query={"q": ["x y", True], "n": 1.5}, url=f"{URL}?z=0#part")
    assert made.url == f"{URL}?z=0&q=x+y&q=true&n=1.5"
    assert (json.loads(made.body or b""), made.headers["Content-Type"]) == ({"a": [1, "é"]}, "application/json")
    assert sent(method="POST", json=None).body == b"null"
    assert sent(method="POST", form={"a": "1 2", "b": "é"}).body == b"a=1+2&b=%C3%A9"
    assert sent(method="POST", body="é", headers={"content-type": "text/csv"}).headers["content-type"] == "text/csv"
    assert sent().body is None


def test_a_key_is_sent_where_a_repetition_is_known_by_it() -> None:
    arguments = {"method": "POST", "url": URL}
    files = dict(find_tool("http").invocation(arguments, repeats=Repeats(allowed=True, key="job-1")).files)
    told = json.loads(files["in/request.json"])
    assert (Request(told).headers["Idempotency-Key"], told["may_repeat"]) == ("job-1", True)
    assert request(method="POST")["may_repeat"] is False


def test_a_redirect_to_another_origin_takes_no_secret_along() -> None:
    made = sent(headers={"Authorization": "Bearer x", "X-Api-Key": "y", "Accept": "text/csv"})
    made.redirected(302, "/there")
    assert (made.url, made.headers["Authorization"]) == ("https://a.example/there", "Bearer x")
    made.redirected(307, "https://b.example/")
    assert {name.lower() for name in made.headers} == {"user-agent", "accept"}


@pytest.mark.parametrize(
    ("status", "method", "becomes"),
    [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "PUT", "GET"),
        (303, "HEAD", "HEAD"),
        (307, "POST", "POST"),
        (308, "PUT", "PUT"),
    ],
)
def test_a_redirect_changes_the_method_as_http_says(status: int, method: str, becomes: str) -> None:
    made = sent(method=method, body="x")
    made.redirected(status, "/there")
    assert (made.method, made.body) == (becomes, b"x" if becomes == method != "HEAD" else None)


@pytest.mark.parametrize("location", ["http://a.example/", "file:///etc/passwd", "gopher://a.example/"])
def test_a_redirect_leads_to_no_weaker_place(location: str) -> None:
    with pytest.raises(RequestFailed) as failed:
        sent().redirected(302, location)
    assert failed.value.code == "redirect_refused"


CHARSETS = (
    "latin-1",
    "no",
    "idna",
    "punycode",
    "unicode_escape",
    "utf-7",
    "undefined",
    "hex",
    "\0",
    "é",
    "utf-16",
    "big5",
)
KINDS = st.sampled_from(
    ["application/json", "text/plain", "image/png", "", *(f"text/x; charset={charset}" for charset in CHARSETS)]
) | st.text(max_size=40).map(lambda text: f"text/plain; {text}")
LARGE_AND_ODD = [
    b'{"a": NaN}',
    b'{"a": 1, "a": 2}',
    b"[" * 300 + b"]" * 300,
    b"[" * 3000,
    b'{"a":1e99999999999999999999}',
    b"1" * 5000,
    b"0.1000000000000000055511151231257827",
    b'"\\ud800"',
    b'"\\u0000"',
    b'"' + b"x" * 300_000 + b'"',
    b"\x01" * 300_000,
    "é".encode() * 200_000,
    b"[" + b"1," * 60_000 + b"1]",
    gzip.compress(b"plain"),
]
# By their places, since Hypothesis writes down what it samples from.
CONTENTS = st.binary(max_size=300) | st.integers(0, len(LARGE_AND_ODD) - 1).map(LARGE_AND_ODD.__getitem__)


@given(KINDS, CONTENTS, st.sampled_from(["identity", "gzip", "br"]), st.booleans())
def test_every_answer_becomes_a_result_that_is_stored_as_it_is(
    kind: str,
    content: bytes,
    coding: str,
    cut: bool,
) -> None:
    headers = {"content-type": kind, "content-encoding": coding, "x": "é\x85\0" * 20}
    result, body = result_of(200, headers, content, cut=cut)
    with TemporaryDirectory() as folder:
        (out := Path(folder, "out")).mkdir()
        write_result({**result, "url": "x" * 9000}, out)
        written = (out / "result.json").read_bytes()
    document, trouble = read_result({"result.json": written}, ())
    assert (len(written) <= RESULT_BYTES, trouble) == (True, None)
    assert document["status"] == 200
    # Nothing is lost without a word: what the result does not hold whole is kept beside it.
    assert body in (None, content, b"plain" if coding == "gzip" else None)
    if body is None:
        assert not result["truncated"]
    if cut:
        assert result["truncated"]


def test_json_is_a_value_text_is_text_and_the_rest_is_a_file() -> None:
    assert result_of(200, {"content-type": "application/problem+json"}, b'{"a": 1}', cut=False)[0]["json"] == {"a": 1}
    assert result_of(200, {"content-type": "text/html; charset=latin-1"}, b"\xe9", cut=False)[0]["text"] == "é"
    result, body = result_of(200, {"content-type": "image/png"}, b"\x89PNG", cut=False)
    assert (result["text"], result["truncated"], body) == (None, False, b"\x89PNG")
    result, body = result_of(200, {"content-type": "text/plain"}, b"x" * (MAX_TEXT + 1), cut=False)
    assert (len(result["text"]), result["truncated"], len(body or b"")) == (MAX_TEXT, True, MAX_TEXT + 1)
    assert result_of(200, {}, b"12.50", cut=False) == (
        {"status": 200, "headers": {}, "truncated": False, "text": "12.50"},
        None,
    )
    assert result_of(200, {}, b"\xff\xfe", cut=False)[1] == b"\xff\xfe"
    packed = {"content-type": "text/plain", "content-encoding": "gzip"}
    assert result_of(200, packed, gzip.compress(b"plain"), cut=False)[0]["text"] == "plain"
    result, body = result_of(200, packed, gzip.compress(b"x" * (MAX_TEXT + 1)), cut=False)
    assert body == b"x" * (MAX_TEXT + 1), "the file has the bytes whose beginning is the text"
    assert (
        result_of(200, {**packed, "content-type": "image/png"}, gzip.compress(b"\x89PNG"), cut=False)[1] == b"\x89PNG"
    )


@pytest.mark.parametrize(
    ("kind", "content"), [("application/json", b'{"a": [1]}'), ("text/plain", b"a"), ("image/png", b"\x89\0")]
)
def test_a_result_is_of_the_form_that_callers_are_told(kind: str, content: bytes) -> None:
    result, _ = result_of(200, {"content-type": kind}, content, cut=False)
    HttpResult.model_validate({**result, "url": URL, "redirects": 0, "tries": 1})


def test_a_value_that_is_larger_than_a_result_may_be_is_told_and_kept_as_text() -> None:
    within = "[" + ",".join(["1e5"] * 20_000) + "]"
    beyond = "[" + ",".join(["1e5"] * 30_000) + "]"
    kind = {"content-type": "application/json"}
    assert "json" in result_of(200, kind, within.encode(), cut=False)[0]
    told = result_of(200, kind, beyond.encode(), cut=False)[0]
    assert (told["json_error"], "json" in told) == ("it is too large", False)


PACKED = {"content-type": "text/plain", "content-encoding": "gzip"}


@pytest.mark.parametrize(
    ("content", "text", "truncated"),
    [
        (gzip.compress(b"one, ") + gzip.compress(b"two"), "one, two", False),
        (gzip.compress(b"one, ") + b"what follows is no gzip", "one, ", True),
        (gzip.compress(b"x" * 5000)[:-9], "x" * 5000, True),
        (b"", "", False),
    ],
    ids=["two members", "a member and something else", "no end", "nothing, as a HEAD is answered"],
)
def test_a_packed_body_is_told_whole_or_as_cut(content: bytes, text: str, *, truncated: bool) -> None:
    result, body = result_of(200, PACKED, content, cut=False)
    assert (result["text"], result["truncated"]) == (text, truncated)
    assert body == (content if truncated else None)


def test_a_packed_body_of_just_its_bound_is_whole() -> None:
    _, body = result_of(200, PACKED, gzip.compress(bytes(MAX_BODY)), cut=False)
    assert (len(body or b""), body and body[:1]) == (MAX_BODY, b"\0")


def test_a_packed_body_that_grows_beyond_its_bound_is_cut_there() -> None:
    result, body = result_of(200, PACKED, gzip.compress(bytes(MAX_BODY) + b"the end"), cut=False)
    assert result["truncated"]
    assert body is not None
    assert gzip.decompress(body).endswith(b"the end"), "what came is kept as it came"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", None),
        ("-9223372036854775808", -(2**63)),
        ("-9223372036854775809", None),
        ("0.1", 0.1),
        ("0.50", 0.5),
        ("0." + "5" + "0" * 397, 0.5),
        ("0." + "5" + "0" * 398, None),
        ("0.1000000000000000055511151231257827", None),
        ("1e400", None),
        ("[" * 40 + "1" + "]" * 40, ...),
        ("[" * 41 + "1" + "]" * 41, None),
        ('{"a": 1, "a": 2}', None),
        ("Infinity", None),
    ],
    ids=lambda given: str(given)[:30],
)
def test_a_value_that_would_not_be_kept_as_it_came_stays_text(text: str, value: object) -> None:
    result, _ = result_of(200, {"content-type": "application/json"}, text.encode(), cut=False)
    if value is None:
        assert (result["text"], "json_error" in result) == (text, True)
    else:
        assert result["json"] == (json.loads(text) if value is ... else value)


@pytest.mark.parametrize(
    ("location", "leads_to"),
    [
        ("/caf\xc3\xa9", "https://a.example/caf%C3%A9"),
        ("/caf\xe9", "https://a.example/caf%C3%A9"),
        ("/a b?c=d e", "https://a.example/a%20b?c=d%20e"),
        (" /there\t", "https://a.example/there"),
        ("/%C3%A9?x=%20#part", "https://a.example/%C3%A9?x=%20"),
        ("https://caf\xc3\xa9.example:444/", "https://xn--caf-dma.example:444/"),
        ("?y", "https://a.example/x?y"),
    ],
)
def test_a_place_is_written_as_browsers_write_it(location: str, leads_to: str) -> None:
    made = sent()
    made.redirected(302, location)
    assert made.url == leads_to


@pytest.mark.parametrize(
    "location",
    [
        *(
            "http://[::1",
            "https://h:abc/",
            "https://h:99999/",
            "http:///x",
            "http://a b/",
            "https://\xc3\xa9..\xc3\xa9/",
        ),
        *("https://" + "\xc3\xa9" * 70 + "/", "/" + "x" * 9000, "https://a\xe2\x84\x80b/"),
    ],
)
def test_a_place_that_is_none_is_refused(location: str) -> None:
    with pytest.raises(RequestFailed) as failed:
        sent().redirected(302, location)
    assert (failed.value.code, failed.value.passing) == ("redirect_refused", False)
    assert len(failed.value.detail) < 400


@given(st.text(st.characters(max_codepoint=255), max_size=60))
def test_wherever_a_server_points_it_is_followed_or_refused(location: str) -> None:
    made = sent()
    with contextlib.suppress(RequestFailed):
        made.redirected(302, location)
    assert made.url.isascii()
    assert made.url.isprintable()
    assert " " not in made.url


def test_a_text_that_is_not_as_its_bytes_are_stands_beside_them() -> None:
    latin, nul = b"caf\xe9", b"a\0b"
    assert result_of(200, {"content-type": "text/plain"}, latin, cut=False) == (
        {"status": 200, "headers": {"content-type": "text/plain"}, "truncated": False, "text": "caf\ufffd"},
        latin,
    )
    result, body = result_of(200, {"content-type": "text/plain"}, nul, cut=False)
    assert (result["text"], body) == ("a\ufffdb", nul)
    for charset in ("unicode_escape", "utf-7", "idna", "punycode"):
        result, _ = result_of(200, {"content-type": f"text/plain; charset={charset}"}, b"+2AA-\\ud800", cut=False)
        assert result["text"] == "+2AA-\\ud800", "it is read as UTF-8"


@pytest.mark.parametrize("kind", ["application/json", "image/png", "text/plain"])
def test_an_answer_without_a_body_has_none(kind: str) -> None:
    result, body = result_of(200, {"content-type": kind}, b"", cut=False)
    assert ("json_error" in result, result["truncated"], body) == (False, False, None)
    assert not result["text"]
