"""A messages request is bounded truly, sent on untouched, and refused where no bound can be."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.domain.errors import BadRequest
from llm_gateway.configuration.loading import load_configuration
from llm_gateway.exchange.usage import Usage
from llm_gateway.pricing.bounds import bound_of
from llm_gateway.pricing.prices import Price, PriceTable, TokenMaximums, TokenPrices
from llm_gateway.settings import DEFAULT_ROUTES
from llm_gateway.wires.base import Server
from llm_gateway.wires.messages.request import read_messages_request
from llm_gateway.wires.messages.wire import WIRE
from simulated_provider.answers.tokens import count_request
from simulated_provider.wires.messages.request import read_messages

PRICE = Price("v", (TokenPrices(0, 300, 30, 375, 1500, cache_write_1h=600),), TokenMaximums(image=1600))
TEXT = st.text(max_size=120)
MARKS = st.sampled_from(
    [{}, {"cache_control": {"type": "ephemeral"}}, {"cache_control": {"type": "ephemeral", "ttl": "1h"}}]
)
BLOCKS = st.lists(
    st.builds(lambda text, mark: {"type": "text", "text": text, **mark}, TEXT, MARKS), min_size=1, max_size=4
)
RESULTS = st.builds(lambda text: [{"type": "tool_result", "tool_use_id": "toolu_1", "content": text}], TEXT)
MESSAGES = st.lists(
    st.builds(
        lambda role, content: {"role": role, "content": content},
        st.sampled_from(["user", "assistant"]),
        st.one_of(TEXT, BLOCKS, RESULTS),
    ),
    min_size=1,
    max_size=6,
)
TOOLS = st.lists(st.builds(lambda name: {"name": name, "input_schema": {"type": "object"}}, TEXT), max_size=3)


def body_of(**more: Any) -> dict[str, Any]:
    return {"model": "m", "max_tokens": 10, "messages": [{"role": "user", "content": "x"}], **more}


def read(body: dict[str, Any], *, escaped: bool = True, headers: Mapping[str, str] = MappingProxyType({})) -> Any:
    return read_messages_request(json.dumps(body, ensure_ascii=escaped).encode(), headers)


@given(messages=MESSAGES, tools=TOOLS, system=BLOCKS, escaped=st.booleans())
def test_no_usage_costs_more_than_the_bound_whatever_is_cached(
    messages: list[Any], tools: list[Any], system: list[Any], *, escaped: bool
) -> None:
    body = body_of(messages=messages, tools=tools, system=system)
    bound = bound_of(read(body, escaped=escaped), prices=[PRICE], default_output=9)
    asked = read_messages(body)
    counted = count_request(asked.body)
    assert counted <= bound.input_tokens
    usage = Usage(
        input_tokens=counted,
        output_tokens=10,
        cached_input_tokens=asked.cache.read,
        cache_write_tokens=asked.cache.written,
        cache_write_1h_tokens=asked.cache.written_1h,
    )
    assert PRICE.cost(usage) <= bound.nano_usd


@pytest.mark.parametrize(
    ("mark", "rate"),
    [({}, 300), ({"type": "ephemeral"}, 375), ({"type": "ephemeral", "ttl": "1h"}, 600)],
)
def test_the_bound_has_the_premium_of_what_may_be_written(mark: dict[str, str], rate: int) -> None:
    more = {"cache_control": mark} if mark else {}
    bound = bound_of(
        read(body_of(system=[{"type": "text", "text": "x" * 9000, **more}])), prices=[PRICE], default_output=9
    )
    most = -(-(bound.input_tokens * rate + 10 * 1500) // 1_000_000)
    assert bound.nano_usd == most


def test_a_key_that_hides_in_escapes_counts_as_the_dearest_write() -> None:
    text = json.dumps(body_of(system=[{"type": "text", "text": "x" * 9000, "cache_control": {"ttl": "1h"}}]))
    hidden = text.replace("cache_control", "cache\\u005fcontrol").replace('"1h"', '"\\u0031h"')
    bounds = [
        bound_of(read_messages_request(form.encode(), {}), prices=[PRICE], default_output=9) for form in (text, hidden)
    ]
    assert bounds[1].nano_usd >= bounds[0].nano_usd


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"max_tokens": None}, "max_tokens"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"messages": []}, "messages"),
        ({"thread": {"type": "create"}}, "thread"),
        ({"compaction": {"type": "auto"}}, "compaction"),
        ({"tools": [{"type": "web_search_20250305", "name": "web_search"}]}, "tools/0/type"),
        ({"tools": [{"name": "mine", "input_schema": {}}, {"type": "code_execution_20250825"}]}, "tools/1/type"),
        ({"speed": "fast"}, "speed"),
        ({"inference_geo": "us"}, "inference_geo"),
        ({"mcp_servers": [{"type": "url"}]}, "mcp_servers"),
        ({"container": "container_1"}, "container"),
        ({"context_management": {"edits": [{"type": "compact_20260112"}]}}, "context_management/edits/0/type"),
    ],
)
def test_what_costs_more_than_any_bound_covers_is_refused_by_its_place(more: dict[str, Any], place: str) -> None:
    with pytest.raises(BadRequest, match=place) as refused:
        read(body_of(**more))
    assert refused.value.faults[0].pointer == f"/{place}"


@pytest.mark.parametrize(
    "block",
    [
        {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "x"}},
        {"type": "container_upload", "file_id": "file_1"},
        {"type": "tool_result", "tool_use_id": "t", "content": [{"type": "document", "source": {"type": "url"}}]},
    ],
)
def test_content_without_a_declared_maximum_is_refused_at_any_depth(block: dict[str, Any]) -> None:
    with pytest.raises(BadRequest) as refused:
        bound_of(read(body_of(messages=[{"role": "user", "content": [block]}])), prices=[PRICE], default_output=9)
    assert refused.value.faults[0].pointer.startswith("/messages/0/content/0")


def test_an_image_counts_at_its_maximum_and_not_at_its_bytes() -> None:
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "A" * 50_000}}
    result = {"type": "tool_result", "tool_use_id": "t", "content": [image, {"type": "text", "text": "seen"}]}
    bound = bound_of(
        read(body_of(messages=[{"role": "user", "content": [image, result]}])), prices=[PRICE], default_output=9
    )
    assert 3200 < bound.input_tokens < 4000


def test_known_fields_pass_on_untouched_and_only_the_model_and_the_tier_are_ours() -> None:
    body = body_of(thinking={"type": "adaptive"}, output_config={"effort": "low", "x": "é"}, metadata={"user_id": "u"})
    request = read(body, escaped=False)
    for is_vendors_own, tier in ((False, {}), (True, {"service_tier": "standard_only"})):
        server = Server(is_vendors_own=is_vendors_own)
        sent = json.loads(WIRE.write_request(request, model="claude-x", max_output=10, server=server))
        assert sent == {**body, "model": "claude-x", **tier}


def test_the_packages_prices_know_both_kinds_of_cache_writes() -> None:
    routes = load_configuration([DEFAULT_ROUTES], placeholders={})
    price = PriceTable(routes).price_of("anthropic", "claude-sonnet-4-5")
    assert price is not None
    rates = price.tiers[0]
    assert rates.cached_input < rates.input < rates.cache_write < rates.cache_write_hour


@pytest.mark.parametrize("value", ["é", "a\x00b"])
def test_a_forwarded_header_is_plain_ascii(value: str) -> None:
    with pytest.raises(BadRequest, match="ASCII"):
        read(body_of(), headers={"anthropic-beta": value})
