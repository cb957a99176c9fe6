"""What a call is estimated to take covers what is reserved for it, in whatever dialect it is sent."""

import json
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.gateways.model_routes import serving
from foundation.contracts.gateway.call_estimates import CallBounds, CallShape, CallsInQuestion, TextBytes
from foundation.contracts.gateway.ledger import Dialect
from llm_gateway.admin.call_estimates import CallEstimator
from llm_gateway.exchange.caller import Caller
from llm_gateway.planning.order import NearlySpentCallers
from llm_gateway.planning.planner import Planner, bound_of_plan
from llm_gateway.providers.fake import FakeProvider
from llm_gateway.wires.registry import WIRES

CHAT = FakeProvider(Dialect.CHAT, name="chatty")
MESSAGES = FakeProvider(Dialect.MESSAGES, name="polite")
MAX_BODY = 1024 * 1024
TEXT = st.text(alphabet='ab \n"\\é\u0001{}猫🐧', max_size=60)
TOOL = {
    "type": "function",
    "function": {"name": "run", "description": "Runs.", "parameters": {"type": "object", "properties": {}}},
}


def shape(**members: Any) -> CallShape:
    text = members.pop("text", TextBytes(least=10, most=100, smooth=50))
    return CallShape(**{"model": "m", "text": text, "messages": 2, "max_output": 20, **members})


def estimated(one: CallShape, *providers: FakeProvider, max_body: int = MAX_BODY) -> CallBounds:
    estimator = CallEstimator(serving(*(providers or (CHAT,))), max_body=max_body)
    [bounds] = estimator.estimate(CallsInQuestion(calls=[one])).calls
    return bounds


def reserved(request: dict[str, Any], *providers: FakeProvider) -> int:
    """The tokens that are held for one attempt at the request."""
    body = json.dumps(request, ensure_ascii=False, separators=(",", ":")).encode()
    served = serving(*providers).routes
    read = WIRES[Dialect.CHAT].read_request(body, {})
    planner, caller = Planner(NearlySpentCallers()), cast("Caller", None)
    plan = planner.plan_targets(caller, read, served.resolve("m", Dialect.CHAT), rules=None, headers={}, body=body)
    return bound_of_plan(plan).tokens


@st.composite
def conversations(draw: st.DrawFn) -> list[dict[str, Any]]:
    """As an agent's: an opening, answers, calls of its tool and their results."""
    messages: list[dict[str, Any]] = [
        {"role": "system", "content": draw(TEXT)},
        {"role": "user", "content": "x" + draw(TEXT)},
    ]
    for turn in range(draw(st.integers(0, 4))):
        function = {"name": "run", "arguments": json.dumps({"code": draw(TEXT)})}
        call = {"id": f"call-{turn}", "type": "function", "function": function}
        messages.append({"role": "assistant", "content": draw(TEXT) or None, "tool_calls": [call]})
        messages.append({"role": "tool", "tool_call_id": f"call-{turn}", "content": "r" + draw(TEXT)})
    return messages


@settings(max_examples=80, deadline=None)
@given(
    messages=conversations(), providers=st.sampled_from([(CHAT,), (MESSAGES,), (CHAT, MESSAGES)]), tools=st.booleans()
)
def test_no_more_is_reserved_than_is_estimated(
    messages: list[dict[str, Any]], providers: tuple[FakeProvider, ...], *, tools: bool
) -> None:
    request: dict[str, Any] = {"model": "m", "messages": messages, "max_tokens": 20}
    sent = len(json.dumps(messages, ensure_ascii=False, separators=(",", ":")).encode())
    if tools:
        request["tools"] = [TOOL]
        sent += len(json.dumps([TOOL], separators=(",", ":")))
    text = TextBytes(least=0, most=sent, smooth=sent)
    bounds = estimated(shape(text=text, messages=len(messages), tools=int(tools)), *providers)
    assert bounds.least.tokens <= reserved(request, *providers) <= bounds.smooth.tokens <= bounds.most.tokens


def test_a_request_of_which_nobody_knows_the_messages_is_bounded_by_the_longest_that_is_taken() -> None:
    unknown = estimated(shape(text=TextBytes(least=0, most=None, smooth=10), messages=None), max_body=1000)
    request = {"model": "m", "messages": [{"role": "user", "content": ""}] * 34, "max_tokens": 20}
    assert len(json.dumps(request["messages"], separators=(",", ":"))) <= 1000
    assert reserved(request, CHAT) <= unknown.most.tokens


def test_what_is_longer_than_a_request_may_be_is_refused_by_the_gateway_and_costs_no_more() -> None:
    long = estimated(shape(text=TextBytes(least=0, most=10**9, smooth=10**9)), max_body=1000)
    assert long == estimated(shape(text=TextBytes(least=0, most=1000, smooth=1000)), max_body=1000)


def test_every_attempt_at_every_target_may_be_charged() -> None:
    usual = shape(text=TextBytes(least=0, most=100, smooth=100))
    one, both = estimated(usual), estimated(usual, CHAT, FakeProvider(Dialect.CHAT, name="other"))
    # Three attempts count, and one that is refused before does not.
    assert one.most.tokens == 3 * one.smooth.tokens
    assert both.most.tokens == 4 * both.smooth.tokens


def test_the_least_is_an_answer_of_no_token_to_the_fewest_tokens_that_the_text_can_be() -> None:
    text = TextBytes(least=257, most=300, smooth=300)
    assert estimated(shape(text=text)).least.tokens == 2
    assert estimated(shape(text=TextBytes(least=0, most=0, smooth=0))).least.tokens == 1


@pytest.mark.parametrize("model", ["nobody", "m-*"])
def test_a_model_that_is_not_served_costs_nothing_and_says_why(model: str) -> None:
    bounds = estimated(shape(model=model))
    assert bounds.refused == f"there is no model {model!r}; GET /v1/models of the gateway lists the models"
    assert (bounds.least, bounds.most) == (bounds.smooth, bounds.smooth)
    assert bounds.most.tokens == 0
