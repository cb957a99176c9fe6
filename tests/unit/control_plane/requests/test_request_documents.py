"""A body is read by its declared type, and refused with a remedy where it has none that is known."""

import httpx
import pytest
from fastapi import FastAPI, Request

from control_plane.requests.documents import document_of
from foundation.http.problems import install_problem_handlers


async def post(content: bytes, content_type: str | None) -> httpx.Response:
    app = FastAPI()
    install_problem_handlers(app)

    @app.post("/")
    async def _read(request: Request) -> dict[str, object]:
        return {"read": await document_of(request)}

    headers = {} if content_type is None else {"content-type": content_type}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        return await client.post("/", content=content, headers=headers)


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON; charset=utf-8", "a/b+json", None])
async def test_json_is_read_also_without_a_type(content_type: str | None) -> None:
    answer = await post(b'{"a": 1}', content_type)
    assert (answer.status_code, answer.json()) == (200, {"read": {"a": 1}})


@pytest.mark.parametrize("content_type", ["application/yaml", "text/yaml; charset=utf-8", "application/x-yaml"])
async def test_yaml_is_read_where_it_is_declared(content_type: str) -> None:
    answer = await post(b"a: 1\n", content_type)
    assert (answer.status_code, answer.json()) == (200, {"read": {"a": 1}})


async def test_yaml_that_is_declared_as_json_is_none() -> None:
    answer = await post(b"a: 1\n", "application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "application/jsonl"])
async def test_another_type_is_refused_with_the_ones_that_are_read(content_type: str) -> None:
    answer = await post(b'{"a": 1}', content_type)
    assert answer.status_code == 415
    assert answer.json()["remedy"] == "send application/json or application/yaml"


@pytest.mark.parametrize("content", [b"", b" \n"])
async def test_an_empty_body_is_refused_whatever_its_type(content: bytes) -> None:
    for content_type in ("application/json", "application/yaml"):
        answer = await post(content, content_type)
        assert (answer.status_code, answer.json()["detail"]) == (400, "the body is empty")


async def test_what_cannot_be_read_is_refused_by_its_place() -> None:
    answer = await post(b'{"a": {"b": 1, "b": 2}}', None)
    assert answer.status_code == 400
    [fault] = answer.json()["errors"]
    assert fault["pointer"].startswith("/body/a")
