"""What the framework refuses leaves as a problem document too, with its status and what to do."""

import httpx
from fastapi import FastAPI
from pydantic import BaseModel

from foundation.http.problems import install_problem_handlers


class Sent(BaseModel):
    number: int


def an_app() -> FastAPI:
    app = FastAPI()
    install_problem_handlers(app)

    @app.get("/numbers")
    async def _get() -> None:
        return None

    @app.post("/numbers")
    async def _post(sent: Sent) -> int:
        return sent.number

    return app


async def send(method: str, url: str, **more: object) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(an_app()), base_url="http://test") as client:
        return await client.request(method, url, **more)  # type: ignore[arg-type]  # what httpx takes


async def test_a_path_that_nothing_serves_is_not_to_be_tried_again() -> None:
    answer = await send("GET", "/nothing")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:lockstep:problem:not_found",
        "title": "Not found",
        "status": 404,
        "detail": "nothing is served at /nothing",
        "remedy": "GET /openapi.json lists what is served",
        "retryable": False,
        "instance": "/nothing",
    }


async def test_a_method_that_is_refused_hears_of_all_the_others() -> None:
    answer = await send("DELETE", "/numbers")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, POST"
    assert answer.json()["remedy"] == "use one of GET, HEAD, POST"
    assert answer.json()["title"] == "Method not allowed"
    assert answer.json()["detail"] == "/numbers is not served by DELETE"


async def test_a_body_of_an_undeclared_type_is_refused_for_its_type() -> None:
    answer = await send("POST", "/numbers", content=b'{"number": 1}', headers={"content-type": "text/plain"})
    assert answer.status_code == 415
    assert answer.json()["remedy"] == "send a JSON object as application/json"


async def test_a_body_of_json_that_is_no_object_is_refused_for_its_value() -> None:
    answer = await send("POST", "/numbers", json=[1])
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/body"


async def test_a_detail_names_five_places_and_the_errors_all() -> None:
    class Many(BaseModel):
        a: int
        b: int
        c: int
        d: int
        e: int
        f: int

    app = an_app()

    @app.post("/many")
    async def _many(sent: Many) -> None:
        del sent

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        answer = await client.post("/many", json={})
    assert answer.status_code == 400
    assert len(answer.json()["errors"]) == 6
    detail = answer.json()["detail"]
    assert (detail.count("; "), detail.endswith("; and 1 more")) == (5, True)
