"""A query has parameters that its route knows, each once unless it takes many, and whole numbers in plain digits."""

from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends, FastAPI, Query

from control_plane.requests.queries import IN_DIGITS, known_query
from foundation.http.problems import install_problem_handlers


def _page(limit: Annotated[int, Query(ge=1), IN_DIGITS] = 7) -> int:
    return limit


def an_app() -> FastAPI:
    app = FastAPI()
    install_problem_handlers(app)

    @app.get("/rows", dependencies=[Depends(known_query)])
    async def _rows(
        page: Annotated[int, Depends(_page)], status: Annotated[list[str] | None, Query()] = None, name: str = ""
    ) -> dict[str, Any]:
        return {"limit": page, "status": status, "name": name}

    @app.get("/flags", dependencies=[Depends(known_query)])
    async def _flags(own: bool = False, other: Annotated[bool | None, Query()] = None) -> list[bool | None]:
        return [own, other]

    @app.get("/tags", dependencies=[Depends(known_query)])
    async def _tags(tag: Annotated[list[str], Query()]) -> list[str]:
        return tag

    @app.get("/plain", dependencies=[Depends(known_query)])
    async def _plain() -> None:
        return None

    return app


async def get(url: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(an_app()), base_url="http://test") as client:
        return await client.get(url)


async def places_of(url: str) -> list[str]:
    answer = await get(url)
    assert answer.status_code == 400
    return [fault["pointer"] for fault in answer.json()["errors"]]


async def test_known_parameters_pass_also_those_of_a_dependency() -> None:
    answer = await get("/rows?limit=3&name=a")
    assert answer.json() == {"limit": 3, "status": None, "name": "a"}


async def test_a_parameter_that_the_route_does_not_know_is_refused_with_those_that_it_knows() -> None:
    answer = await get("/rows?limits=3")
    assert answer.status_code == 400
    [fault] = answer.json()["errors"]
    assert fault["pointer"] == "/query/limits"
    assert fault["detail"] == "there is no such parameter; known are limit, name, status"
    assert "known are none" in (await get("/plain?a=1")).json()["detail"]


async def test_a_parameter_stands_once_unless_it_takes_many() -> None:
    assert await places_of("/rows?name=a&name=b") == ["/query/name"]
    assert (await get("/tags?tag=a&tag=b")).json() == ["a", "b"]
    assert (await get("/tags?tag=a")).json() == ["a"]


async def test_every_parameter_at_fault_is_named() -> None:
    assert await places_of("/rows?x=1&name=a&name=b&y=2") == ["/query/x", "/query/name", "/query/y"]


@pytest.mark.parametrize("written", ["1_0", "%201", "1.0", "", "x", "0x1"])
async def test_a_whole_number_is_written_in_digits(written: str) -> None:
    assert await places_of(f"/rows?limit={written}") == ["/query/limit"]


@pytest.mark.parametrize(("written", "limit"), [("10", 10), ("%2B3", 3), ("007", 7)])
async def test_digits_may_have_a_sign_and_zeros(written: str, limit: int) -> None:
    assert (await get(f"/rows?limit={written}")).json()["limit"] == limit


async def test_a_number_in_digits_keeps_its_bounds() -> None:
    assert await places_of("/rows?limit=-1") == ["/query/limit"]


async def test_a_boolean_is_true_or_false() -> None:
    assert (await get("/flags?own=true&other=false")).json() == [True, False]


@pytest.mark.parametrize("value", ["yes", "no", "on", "off", "t", "1", "0", "True", "TRUE", "", "%20true"])
@pytest.mark.parametrize("name", ["own", "other"])
async def test_another_word_for_a_boolean_is_refused(name: str, value: str) -> None:
    answer = await get(f"/flags?{name}={value}")
    assert answer.status_code == 400
    assert answer.json()["errors"] == [{"pointer": f"/query/{name}", "detail": "write true or false"}]
