"""Whatever a server answers, `http` ends with a result: in a real sandbox, through its proxy."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from fixtures.machine.free_port import free_port
from fixtures.sandboxing.sandboxes import Ran, run_tool
from foundation.contracts.tools.http import HttpResult
from tool_runtime.tools.base import NO_REPEATS, Repeats

HOST = "api.inside.example"


class Site:
    """Answers each request with the next of its pieces, one after another with a pause, and keeps what was asked."""

    def __init__(self, *answers: tuple[bytes, ...], pause: float = 0) -> None:
        self._answers = list(answers)
        self._pause = pause
        self.asked: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        try:
            for piece in self._answers.pop(0):
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(self._pause)
        except OSError:
            return
        finally:
            writer.close()


@asynccontextmanager
async def served(site: Site) -> AsyncIterator[int]:
    server = await asyncio.start_server(site.serve, "127.0.0.1", port := free_port())
    try:
        yield port
    finally:
        server.close()


def answer(*head: str, status: str = "200 OK", body: bytes = b"", length: int | None = None) -> tuple[bytes]:
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *head, "", "")
    return ("\r\n".join(lines).encode("latin-1") + body,)


async def asked(site: Site, *, repeats: Repeats = NO_REPEATS, **arguments: Any) -> tuple[Ran, dict[str, Any]]:
    async with served(site) as port:
        given = {"method": "GET", "url": f"http://{HOST}:{port}/x", "timeout_seconds": 20, **arguments}
        private = (f"{HOST}:{port}=127.0.0.1",)
        ran = await run_tool("http", given, private=private, repeats=repeats, wall_seconds=given["timeout_seconds"])
    assert ran.outcome.stop is None, ran.outcome
    result: dict[str, Any] = json.loads(ran.files["result.json"])
    HttpResult.model_validate(result)
    assert "Traceback" not in ran.stderr
    return ran, result


JSON, TEXT = "Content-Type: application/json", "Content-Type: text/plain"


@pytest.mark.parametrize(
    ("head", "body", "member", "value"),
    [
        (JSON, b"[" * 3000, "json_error", "it is nested too deep"),
        (JSON, b'{"a":1e99999999999999999999}', "json_error", "a decimal would become another number"),
        (f"{TEXT}; charset=idna", b"a.b", "text", "a.b"),
        (f"{TEXT}; charset=unicode_escape", b"\\ud800", "text", "\\ud800"),
        (f"{TEXT}; charset=utf-7", b"+2AA-", "text", "+2AA-"),
    ],
)
async def test_a_body_that_no_reader_takes_is_told_with_its_status(
    head: str, body: bytes, member: str, value: str
) -> None:
    ran, result = await asked(Site(answer(head, body=body)))
    assert (ran.outcome.exit_code, result["status"], result[member]) == (0, 200, value), (result, ran.stderr)


@pytest.mark.parametrize("after", ["\xb2", "9" * 5000, "soon"])
async def test_a_wait_that_is_none_is_not_waited_for(after: str) -> None:
    site = Site(answer(f"Retry-After: {after}", status="503 Busy"), answer(TEXT, body=b"y"))
    _, result = await asked(site, repeats=Repeats(allowed=True))
    assert (result["status"], result["tries"]) == (200, 2)


async def test_a_redirect_is_followed_as_browsers_do_and_is_no_second_try() -> None:
    site = Site(answer("Location: /caf\xc3\xa9 b", status="302 Found"), answer(TEXT, body=b"hi"))
    _, result = await asked(site)
    assert (result["text"], result["redirects"], result["tries"]) == ("hi", 1, 1)
    assert site.asked[1].splitlines()[0].endswith("/caf%C3%A9%20b HTTP/1.1")


@pytest.mark.parametrize("location", ["http://[::1", "https://h:abc/", "ftp://files.example/"])
async def test_a_redirect_to_no_address_is_refused_once(location: str) -> None:
    site = Site(answer(f"Location: {location}", status="302 Found"))
    _, result = await asked(site)
    assert (result["error"]["code"], result["tries"], len(site.asked)) == ("redirect_refused", 1, 1)


_SWITCHES = ("Connection: upgrade", "Upgrade: x")


@pytest.mark.parametrize(
    ("answered", "words"),
    [
        (answer(TEXT, "Content-Length: 5", body=b"hello", length=3), "3, 5"),
        (answer(TEXT, body=b"hello", length=-1), "-1"),
        ((b"HTTP/1.1 200 OK\r\nContent-Length: 3, 5\r\n\r\nhello",), "3, 5"),
        ((b"HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",), "+5"),
        ((b"\r\n".join((b"HTTP/1.1 101 Switching", *map(str.encode, _SWITCHES), b"", b"more")),), "another protocol"),
    ],
)
async def test_an_answer_of_which_nobody_knows_where_it_ends_is_none(answered: tuple[bytes], words: str) -> None:
    ran, result = await asked(Site(answered))
    assert (ran.outcome.exit_code, result["error"]["code"]) == (1, "connection_failed"), result
    assert words in result["error"]["detail"]


async def test_a_length_that_is_said_twice_alike_is_one() -> None:
    _, result = await asked(Site(answer(TEXT, "Content-Length: 5", body=b"hello")))
    assert (result["status"], result["text"]) == (200, "hello")


async def test_head_of_a_document_has_no_fault_of_it() -> None:
    ran, result = await asked(Site(answer(JSON, length=15)), method="HEAD")
    assert (result["status"], "json_error" in result, result["headers"]["content-length"]) == (200, False, "15")
    assert set(ran.files) == {"result.json"}


_SLOW_HEAD = tuple(b"HTTP/1.1 200 OK\r\nX-" + b"a" * 200)
SLOW = {
    "in its head": tuple(bytes([letter]) for letter in _SLOW_HEAD),
    "in its body": (*answer(TEXT, length=500), *[b"x"] * 400),
}


@pytest.mark.parametrize("where", SLOW)
async def test_a_server_that_says_a_little_now_and_then_ends_in_time_and_with_a_word(where: str) -> None:
    ran, result = await asked(Site(SLOW[where], pause=0.3), timeout_seconds=4)
    assert (ran.outcome.exit_code, result["error"]["code"]) == (1, "timed_out"), result
