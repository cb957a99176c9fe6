"""What is refused before any route reads it: bodies that are too large, and what could not be stored as it was sent."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, Request

from foundation.http.doors import install_doors
from foundation.http.problems import install_problem_handlers

LIMIT = 64


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    install_problem_handlers(app)

    @app.get("/{name}")
    async def _name(name: str) -> str:
        return name

    @app.post("/length")
    async def _length(request: Request) -> int:
        return len(await request.body())

    install_doors(app, body_limit=LIMIT, max_depth=8)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as made:
        yield made


def body(size: int) -> bytes:
    """JSON of so many bytes."""
    return b'"' + b"x" * (size - 2) + b'"'


async def in_pieces(content: bytes) -> AsyncIterator[bytes]:
    """Without a declared length."""
    yield content[:10]
    yield content[10:]


@pytest.mark.parametrize(("size", "status"), [(LIMIT, 200), (LIMIT + 1, 413)])
async def test_the_limit_itself_may_be_sent(client: httpx.AsyncClient, size: int, status: int) -> None:
    headers = {"content-type": "application/json"}
    declared = await client.post("/length", content=body(size), headers=headers)
    undeclared = await client.post("/length", content=in_pieces(body(size)), headers=headers)
    assert (declared.status_code, undeclared.status_code) == (status, status)
    if status == 200:
        assert (declared.json(), undeclared.json()) == (size, size)


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 400),
        ("application/json; charset=utf-8", 400),
        ("Application/JSON", 400),
        ("application/problem+json", 400),
        ("text/plain", 200),
        ("application/jsonl", 200),
        ("", 200),
    ],
)
async def test_json_is_looked_into_and_nothing_else(client: httpx.AsyncClient, content_type: str, status: int) -> None:
    answer = await client.post("/length", content=b'{"a": "\\u0000"}', headers={"content-type": content_type})
    assert answer.status_code == status


async def test_a_refused_value_is_told_with_its_place(client: httpx.AsyncClient) -> None:
    answer = await client.post("/length", json={"a": [1, "\0"]})
    [fault] = answer.json()["errors"]
    assert fault["pointer"] == "/body/a/1"
    assert answer.json()["instance"] == "/length"


@pytest.mark.parametrize(
    ("url", "pointer"),
    [
        ("/a%00b", "/path"),
        ("/a%FFb", "/path"),
        ("/a?x=%00", "/query/x"),
        ("/a?x=%FF", "/query/x"),
        ("/a?%00=1", "/query"),
        ("/a?two+words=%00", "/query/two words"),
    ],
)
async def test_text_that_cannot_be_stored_is_refused_in_path_and_query(
    client: httpx.AsyncClient, url: str, pointer: str
) -> None:
    answer = await client.get(url)
    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_text_that_can_be_stored_passes(client: httpx.AsyncClient) -> None:
    answer = await client.get("/p%C3%A9nguin?x=%C3%A9+b")
    assert (answer.status_code, answer.json()) == (200, "pénguin")


@pytest.mark.parametrize(
    ("coding", "status"), [("gzip", 415), ("br", 415), ("GZIP, identity", 415), ("identity", 200), ("", 200)]
)
async def test_a_body_is_read_as_it_is_or_not_at_all(client: httpx.AsyncClient, coding: str, status: int) -> None:
    headers = {"content-type": "application/json", "content-encoding": coding}
    answer = await client.post("/length", content=body(10), headers=headers)
    assert answer.status_code == status
    if status == 415:
        assert answer.json()["remedy"] == "send the body as it is, without Content-Encoding"


@pytest.mark.parametrize("name", ["authorization", "content-type", "host"])
async def test_a_header_that_means_one_thing_stands_once(client: httpx.AsyncClient, name: str) -> None:
    answer = await client.get("/a", headers=[(name, "x"), (name.title(), "y")])
    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"pointer": f"/header/{name}", "detail": "the header stands twice; send it once"}
    ]


@pytest.mark.parametrize("path", ["/a%2Fb", "/a%2fb", "/a%5Cb", "/%2Flength", "/x/%2F"])
async def test_an_encoded_slash_makes_no_other_path_of_one(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"][0]["pointer"] == "/path"


async def test_a_name_at_the_end_of_a_path_may_have_slashes_where_it_is_said() -> None:
    app = FastAPI()

    @app.get("/things/{kind}/{name:path}")
    async def _thing(kind: str, name: str) -> list[str]:
        return [kind, name]

    install_doors(app, with_slashes="/things/[^/%]+/")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as made:
        assert (await made.get("/things/a/b%2Fc")).json() == ["a", "b/c"]
        assert (await made.get("/things/a/b/c")).json() == ["a", "b/c"]
        for other in ("/things/a%2Fb/c", "/things%2Fa/b", "/%74hings/a/b%2Fc"):
            assert (await made.get(other)).status_code == 400, other
