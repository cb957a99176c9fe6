"""A body of exactly the limit is read, one byte more is refused, declared or not."""

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
