"""Every wire that is registered has all of its parts, and each part does what callers and providers need of it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import llm_gateway.wires
from foundation.contracts.gateway.ledger import Dialect
from foundation.domain.errors import BadRequest, BudgetExceeded, Fault
from llm_gateway.exchange.failures import UpstreamFailed, broken_off
from llm_gateway.wires.base import EventKind, Server, Wire
from llm_gateway.wires.registry import WIRES
from llm_gateway.wires.sse import data_of

SHARED = {"openai"}
"""Folders that are no wire, but what several wires of one vendor share."""
BODIES: Mapping[Dialect, Mapping[str, Any]] = {
    Dialect.CHAT: {"messages": [{"role": "user", "content": "hello"}]},
    Dialect.MESSAGES: {"messages": [{"role": "user", "content": "hello"}], "max_tokens": 9},
    Dialect.RESPONSES: {"input": "hello"},
    Dialect.EMBEDDINGS: {"input": "hello"},
}
ANSWERS: Mapping[Dialect, Mapping[str, Any]] = {
    Dialect.CHAT: {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 2}},
    Dialect.MESSAGES: {"type": "message", "content": [], "usage": {"input_tokens": 7, "output_tokens": 2}},
    Dialect.RESPONSES: {"output": [], "usage": {"input_tokens": 7, "output_tokens": 2}},
    Dialect.EMBEDDINGS: {"data": [], "usage": {"prompt_tokens": 7}},
}
WITHOUT_OUTPUT = {Dialect.EMBEDDINGS}
every_wire = pytest.mark.parametrize("wire", WIRES.values(), ids=lambda wire: wire.dialect.value)


def _body(wire: Wire, **more: object) -> bytes:
    return json.dumps({"model": "asked-for", **BODIES[wire.dialect], **more}).encode()


@pytest.mark.parametrize("dialect", Dialect)
def test_each_dialect_has_a_wire(dialect: Dialect) -> None:
    assert dialect in WIRES, f"add the wire of {dialect.value} to llm_gateway/wires/registry.py"
    assert dialect in BODIES, f"add a request of {dialect.value} to this file"
    assert dialect in ANSWERS, f"add an answer of {dialect.value} to this file"


def test_each_folder_of_a_wire_is_registered() -> None:
    folders = {path.parent.name for path in Path(*llm_gateway.wires.__path__).glob("*/__init__.py")} - SHARED
    assert folders == {dialect.value for dialect in WIRES}


def test_no_two_wires_are_served_on_one_path() -> None:
    paths = [wire.path for wire in WIRES.values()]
    paths += [wire.counting.path for wire in WIRES.values() if wire.counting is not None]
    assert len(paths) == len(set(paths))
    assert all(path.startswith("/v1/") for path in paths)


@every_wire
def test_a_request_is_read_in_its_own_dialect(wire: Wire) -> None:
    request = wire.read_request(_body(wire), {})
    assert (request.dialect, request.model) == (wire.dialect, "asked-for")
    assert request.text_tokens > 0


@every_wire
def test_a_body_that_is_no_request_is_the_callers_fault(wire: Wire) -> None:
    with pytest.raises(BadRequest):
        wire.read_request(b'{"model": 1}', {})


@every_wire
def test_a_translated_body_needs_no_limit(wire: Wire) -> None:
    body = {name: value for name, value in BODIES[wire.dialect].items() if name != "max_tokens"}
    request = wire.read_translated(json.dumps({"model": "m", **body}).encode())
    assert request.dialect is wire.dialect
    assert not request.max_output


@every_wire
def test_a_provider_gets_its_own_model_the_limit_and_the_rest_as_it_came(wire: Wire) -> None:
    request = wire.read_request(_body(wire, user="who"), {}) if wire.dialect is not Dialect.MESSAGES else None
    request = request or wire.read_request(_body(wire, metadata={"user_id": "who"}), {})
    sent = json.loads(wire.write_request(request, model="served", max_output=77, server=Server()))
    assert sent["model"] == "served"
    assert b"who" in json.dumps(sent).encode()
    limits = [value for name, value in sent.items() if name.startswith("max_")]
    assert limits == ([] if wire.dialect in WITHOUT_OUTPUT else [77])
    assert "service_tier" not in sent


@every_wire
def test_the_vendors_own_server_gets_the_tier_that_is_priced(wire: Wire) -> None:
    request = wire.read_request(_body(wire), {})
    sent = json.loads(wire.write_request(request, model="m", max_output=1, server=Server(is_vendors_own=True)))
    expected = {"openai": "default", "anthropic": "standard_only"}[wire.vendor]
    assert sent.get("service_tier") == (None if wire.dialect in WITHOUT_OUTPUT else expected)


@every_wire
def test_the_usage_of_an_answer_is_read(wire: Wire) -> None:
    usage = wire.read_usage(json.dumps(ANSWERS[wire.dialect]).encode())
    assert usage is not None
    assert (usage.input_tokens, usage.output_tokens) == (7, 0 if wire.dialect in WITHOUT_OUTPUT else 2)


@every_wire
def test_an_answer_without_usage_has_none_and_what_is_no_answer_has_failed(wire: Wire) -> None:
    answer = {name: value for name, value in ANSWERS[wire.dialect].items() if name != "usage"}
    assert wire.read_usage(json.dumps(answer).encode()) is None
    with pytest.raises(UpstreamFailed, match="upstream_malformed"):
        wire.read_usage(b"<html>")


@every_wire
def test_an_error_is_answered_with_its_status_and_whether_to_try_again(wire: Wire) -> None:
    answer = wire.error_answer(BudgetExceeded("it is spent", scope="run", remedy="raise it"), "req-1")
    error = json.loads(answer.body)["error"]
    assert (answer.status, error["message"], error["code"]) == (402, "it is spent; raise it", "budget_exceeded")
    assert error["scope"] == "run"
    assert ("x-should-retry", "false") in answer.headers


@every_wire
def test_an_error_names_the_member_that_is_wrong(wire: Wire) -> None:
    fault = Fault("/tools/0/type", "unknown")
    answer = wire.error_answer(BadRequest("no", faults=(fault,)), "req-1")
    assert (answer.status, json.loads(answer.body)["error"]["param"]) == (400, "tools.0.type")


@every_wire
def test_the_event_of_an_error_is_read_as_an_error_and_never_as_an_ending(wire: Wire) -> None:
    event = wire.error_event(broken_off("upstream_cut"), "req-1")
    assert json.loads(data_of(event))["error"]["code"] == "upstream_cut"
    if wire.new_reader is not None:
        (read,) = wire.new_reader(True).feed(event)
        assert read.kind is EventKind.ERROR


@every_wire
def test_a_reader_is_new_for_each_stream(wire: Wire) -> None:
    if wire.new_reader is None:
        return
    first, second = wire.new_reader(True), wire.new_reader(True)
    assert first.feed(b'data: {"half') == []
    with pytest.raises(UpstreamFailed):
        second.feed(b'": 1}\n\ndata: nonsense\n\n')


@every_wire
def test_models_are_listed_by_name(wire: Wire) -> None:
    listed = wire.list_models(["one", "two"])
    assert [model["id"] for model in listed["data"]] == ["one", "two"]
    assert listed["data"][0] == wire.show_model("one")
    assert wire.list_models([])["data"] == []


@every_wire
def test_a_key_travels_in_one_header(wire: Wire) -> None:
    assert list(wire.credentials("secret").values()) in (["secret"], ["Bearer secret"])


@every_wire
def test_a_counting_endpoint_asks_for_the_providers_model_and_needs_no_limit(wire: Wire) -> None:
    if (counting := wire.counting) is None:
        return
    body = {name: value for name, value in BODIES[wire.dialect].items() if name != "max_tokens"}
    request = counting.read_request(json.dumps({"model": "m", **body}).encode(), {})
    assert json.loads(counting.write_request(request, "served")) == {"model": "served", **body}
    assert json.loads(counting.write_estimate(12)) == {"input_tokens": 12}
