"""HEAD is answered wherever GET is, and a refused method is told with all that the resource allows."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from foundation.http.doors import install_doors
from foundation.http.methods import allowed_methods


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app, things = FastAPI(), APIRouter(prefix="/things")

    @things.get("")
    async def every() -> list[str]:
        return ["one"]

    @things.post("", status_code=201)
    async def make() -> str:
        return "made"

    @things.get("/{name:path}")
    async def one(name: str) -> str:
        return name

    @things.delete("/{name:path}")
    async def remove(name: str) -> str:
        return name

    @things.put("/fixed")
    async def put_fixed() -> str:
        return "fixed"

    outer = APIRouter(prefix="/api")
    outer.include_router(things)
    app.include_router(outer)
    install_doors(app)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as opened:
        yield opened


@pytest.mark.parametrize("path", ["/api/things", "/api/things/a/b", "/openapi.json"])
async def test_head_answers_as_get_does_without_a_body(client: httpx.AsyncClient, path: str) -> None:
    got, head = await client.get(path), await client.head(path)
    assert head.status_code == got.status_code == 200
    assert head.headers == got.headers
    assert (head.content, got.content) == (b"", got.content)


def test_what_takes_no_method_allows_none() -> None:
    app = FastAPI()

    @app.websocket("/live")
    async def live() -> None:
        """Never asked."""

    assert allowed_methods(app, "/live") == []


async def test_head_of_nothing_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.head("/api/nothing")).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/things", "GET, HEAD, POST"),
        ("POST", "/api/things/x", "DELETE, GET, HEAD"),
        ("POST", "/api/things/fixed", "DELETE, GET, HEAD, PUT"),
    ],
)
async def test_a_method_that_is_refused_is_told_with_all_of_the_resource(
    client: httpx.AsyncClient, method: str, path: str, allowed: str
) -> None:
    answer = await client.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:lockstep:problem:method_not_allowed"


async def test_a_head_where_only_a_post_is_is_refused(client: httpx.AsyncClient) -> None:
    app = FastAPI()

    @app.post("/make")
    async def make() -> str:
        return "made"

    install_doors(app)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as only_post:
        answer = await only_post.head("/make")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
