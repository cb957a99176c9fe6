"""A server gets the limit of an answer under the one name that it knows, whatever its caller calls it."""

import json
from typing import Any

import pytest

from foundation.contracts.gateway.ledger import Dialect
from llm_gateway.configuration.file import ProviderConfig
from llm_gateway.providers.registry import connect_provider
from llm_gateway.translation.registry import translation
from llm_gateway.wires.chat.request import read_chat_request

TURN = [{"role": "user", "content": "x"}]
NAMES = {"max_tokens", "max_completion_tokens", "max_output_tokens"}
CALLERS: list[tuple[Dialect, dict[str, Any]]] = [
    (Dialect.CHAT, {"messages": TURN, "max_tokens": 100}),
    (Dialect.CHAT, {"messages": TURN, "max_completion_tokens": 100}),
    (Dialect.CHAT, {"messages": TURN, "max_tokens": 900, "max_completion_tokens": 100}),
    (Dialect.CHAT, {"messages": TURN, "max_tokens": None}),
    (Dialect.CHAT, {"messages": TURN}),
    (Dialect.MESSAGES, {"messages": TURN, "max_tokens": 100}),
    (Dialect.RESPONSES, {"input": "x", "max_output_tokens": 100}),
    (Dialect.RESPONSES, {"input": "x"}),
]


@pytest.mark.parametrize(
    ("about", "name"),
    [
        ({"adapter": "openai"}, "max_completion_tokens"),
        ({"adapter": "openai-compatible"}, "max_tokens"),
        ({"adapter": "openai-compatible", "limit_name": "max_completion_tokens"}, "max_completion_tokens"),
        ({"adapter": "openai", "limit_name": "max_tokens"}, "max_tokens"),
    ],
)
@pytest.mark.parametrize(("dialect", "asked"), CALLERS)
async def test_exactly_the_name_that_the_server_knows_goes_out(
    about: dict[str, Any], name: str, dialect: Dialect, asked: dict[str, Any]
) -> None:
    between = translation(dialect, Dialect.CHAT)
    body = {"model": "m", **asked}
    request = read_chat_request(json.dumps(body if between is None else between.request(body)).encode())
    wires = connect_provider("p", ProviderConfig(base_url="http://127.0.0.1:1", **about), key=None)
    limit = 100 if request.max_output is None else request.max_output
    sent = json.loads(wires[Dialect.CHAT].body(request, model="m", max_output=limit))
    for wire in wires.values():
        await wire.close()
    assert {one: sent[one] for one in NAMES & sent.keys()} == {name: 100}
