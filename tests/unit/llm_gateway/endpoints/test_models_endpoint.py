"""The models of the gateway, in the shape of each vendor, for those who have a key."""

import json
from typing import Any
from uuid import UUID

import pytest

from fixtures.gateways.model_routes import KEY, everywhere, known_key, serving
from foundation.contracts.gateway.ledger import Dialect
from foundation.domain.errors import Unauthenticated
from llm_gateway.endpoints.models import Models
from llm_gateway.providers.fake import FakeProvider
from llm_gateway.routing.routes import ModelNotFound

REQUEST_ID = UUID(int=7)


async def ask(path: str, dialect: Dialect = Dialect.CHAT, *, method: str = "GET", key: str = KEY) -> dict[str, Any]:
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    models = Models(known_key(), serving(FakeProvider(Dialect.CHAT), names=("one", "a/two")), everywhere)
    scope = {"type": "http", "path": path, "method": method, "headers": [(b"authorization", key.encode())]}
    status = await models.answer(scope, send, dialect=dialect, request_id=REQUEST_ID)
    assert sent[0]["status"] == status == 200
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return {"headers": headers, "body": sent[1]["body"]}


async def test_openais_clients_get_a_list() -> None:
    listed = json.loads((await ask("/v1/models"))["body"])
    assert listed["object"] == "list"
    assert [model["id"] for model in listed["data"]] == ["a/two", "one"]


async def test_anthropics_clients_get_a_page() -> None:
    answered = await ask("/v1/models", Dialect.MESSAGES)
    page = json.loads(answered["body"])
    assert (page["first_id"], page["last_id"], page["has_more"]) == ("a/two", "one", False)
    assert answered["headers"]["request-id"] == str(REQUEST_ID)


@pytest.mark.parametrize(("path", "name"), [("/v1/models/one", "one"), ("/v1/models/a%2Ftwo", "a/two")])
async def test_one_model_is_shown_by_its_name(path: str, name: str) -> None:
    assert json.loads((await ask(path))["body"])["id"] == name


async def test_a_model_that_is_not_served_is_not_found() -> None:
    with pytest.raises(ModelNotFound, match="three"):
        await ask("/v1/models/three")


async def test_the_answer_to_head_has_the_length_and_no_body() -> None:
    answered = await ask("/v1/models/one", method="HEAD")
    assert (int(answered["headers"]["content-length"]) > 0, answered["body"]) == (True, b"")


async def test_models_are_for_those_who_have_a_key() -> None:
    with pytest.raises(Unauthenticated):
        await ask("/v1/models", key="Bearer other")
