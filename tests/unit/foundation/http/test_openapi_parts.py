"""The document of an app has the refusals that are really sent, and no reference that leads nowhere."""

import asyncio
from threading import Event
from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI, Query
from pydantic import BaseModel

from foundation.http.openapi import EVERYWHERE, install_openapi, refusals

INNER = {"title": "Inner", "type": "object"}
BODY = {
    "title": "Outer",
    "type": "object",
    "properties": {"inner": {"$ref": "#/components/schemas/Inner"}},
    "$defs": {"Inner": INNER},
}


class Sent(BaseModel):
    name: str


def an_app(*, inner: dict[str, Any] | None = None) -> FastAPI:
    app = FastAPI()

    @app.get("/search", responses=EVERYWHERE)
    def _search(
        limit: Annotated[int | None, Query(description="how many")] = None, either: int | str | None = None
    ) -> None:
        del limit, either

    @app.post("/declared", responses=refusals(422))
    def _declared(sent: Sent) -> None:
        del sent

    def brings(schema: dict[str, Any]) -> dict[str, Any]:
        return {"requestBody": {"content": {"application/json": {"schema": schema}}}}

    @app.post("/brought", openapi_extra=brings(dict(BODY)))
    def _brought() -> None:
        return None

    if inner is not None:

        @app.post("/other", openapi_extra=brings(inner))
        def _other() -> None:
            return None

    install_openapi(app)
    return app


def test_it_is_made_once() -> None:
    app = an_app()
    first = app.openapi()
    assert first["info"]
    assert app.openapi() is first


def test_a_refusal_is_a_problem_document_by_its_phrase() -> None:
    responses = an_app().openapi()["paths"]["/search"]["get"]["responses"]
    assert {int(status) for status in responses} == {200, 400, 401, 403, 500, 503}
    assert responses["403"]["description"] == "Forbidden"
    schema = responses["403"]["content"]["application/problem+json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/Problem"}


def test_the_frameworks_own_refusal_is_left_out_and_a_declared_one_is_not() -> None:
    document = an_app().openapi()
    assert "422" not in document["paths"]["/search"]["get"]["responses"]
    declared = document["paths"]["/declared"]["post"]["responses"]["422"]
    assert "application/problem+json" in declared["content"]
    schemas = document["components"]["schemas"]
    assert not {"HTTPValidationError", "ValidationError"} & schemas.keys()


def test_the_schemas_are_in_order_and_the_problems_parts_are_among_them() -> None:
    schemas = list(an_app().openapi()["components"]["schemas"])
    assert schemas == ["Inner", "Outer", "Problem", "ProblemFault", "Sent"]


def test_a_parameter_that_may_be_left_out_has_its_kind_and_no_null() -> None:
    parameters = an_app().openapi()["paths"]["/search"]["get"]["parameters"]
    schemas = {parameter["name"]: parameter["schema"] for parameter in parameters}
    assert schemas["limit"]["type"] == "integer"
    assert schemas["limit"]["description"] == "how many"
    assert "anyOf" not in schemas["limit"]


def test_a_parameter_of_several_kinds_keeps_them() -> None:
    parameters = an_app().openapi()["paths"]["/search"]["get"]["parameters"]
    [either] = [parameter["schema"] for parameter in parameters if parameter["name"] == "either"]
    assert {"type": "integer"} in either["anyOf"]
    assert {"type": "string"} in either["anyOf"]


def test_a_schema_that_a_route_brings_along_stands_among_the_others_with_its_parts() -> None:
    document = an_app().openapi()
    content = document["paths"]["/brought"]["post"]["requestBody"]["content"]["application/json"]
    assert content["schema"] == {"$ref": "#/components/schemas/Outer"}
    schemas = document["components"]["schemas"]
    assert schemas["Inner"] == INNER
    assert schemas["Outer"] == {name: value for name, value in BODY.items() if name != "$defs"}


def test_a_schema_without_a_title_stays_where_it_is() -> None:
    content = an_app(inner={"type": "object"}).openapi()["paths"]["/other"]["post"]["requestBody"]["content"]
    assert content["application/json"]["schema"] == {"type": "object"}


def test_the_same_schema_may_come_twice_and_another_of_its_name_may_not() -> None:
    assert an_app(inner=dict(BODY)).openapi()["components"]["schemas"]["Inner"] == INNER
    with pytest.raises(ValueError, match="two schemas are named Inner"):
        an_app(inner={**BODY, "$defs": {"Inner": {"title": "Inner", "type": "string"}}}).openapi()


async def test_others_are_answered_while_the_document_is_made() -> None:
    """It takes seconds where there are many operations, and whoever asks first waits for it alone."""
    app, others_were_answered = FastAPI(), Event()

    @app.get("/other")
    async def _other() -> str:
        others_were_answered.set()
        return "answered"

    def more(document: dict[str, Any]) -> None:
        document["x-waited"] = others_were_answered.wait(60)

    install_openapi(app, more=more)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api.example") as client:
        made, other = await asyncio.gather(client.get("/openapi.json"), client.get("/other"))
    assert other.json() == "answered"
    assert made.headers["content-type"] == "application/json"
    assert made.json() == {**app.openapi(), "x-waited": True}
