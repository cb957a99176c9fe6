"""Anthropic's prompt cache, told from marks: what is written, what is read, and what that costs."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulated_provider.answers.tokens import IMAGE_TOKENS, CacheUse, count_request
from simulated_provider.billing.prices import cost
from simulated_provider.wires.messages.request import read_messages

MARK = {"cache_control": {"type": "ephemeral"}}
HOUR = {"cache_control": {"type": "ephemeral", "ttl": "1h"}}
IMAGE = {"type": "image", "source": {"type": "url", "url": "https://example.com/x.png"}}
DOCUMENT = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "x" * 90}}


def text(words: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": words, **more}


def result(words: str) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": "t", "content": [text(words), IMAGE]}


def asked(*messages: dict[str, Any], **more: Any) -> Any:
    return read_messages({"model": "m", "max_tokens": 500, "messages": list(messages), **more})


def test_a_mark_writes_the_first_time_and_is_read_after_the_next_assistant_turn() -> None:
    system, user = [text("x" * 400, **MARK)], {"role": "user", "content": [text("y" * 40)]}
    first = asked(user, system=system).cache
    assert first == CacheUse(written_5m=100)
    again = {"role": "user", "content": [text("z" * 80, **HOUR)]}
    later = asked(user, {"role": "assistant", "content": "ok!!"}, again, system=system).cache
    assert later == CacheUse(read=100, written_1h=10 + 1 + 20)


def test_an_image_is_cached_like_text() -> None:
    assert asked({"role": "user", "content": [{**IMAGE, **MARK}]}).cache == CacheUse(written_5m=IMAGE_TOKENS)


@given(
    blocks=st.lists(
        st.one_of(st.text(max_size=50).map(text), st.sampled_from([IMAGE, DOCUMENT]), st.text(max_size=50).map(result)),
        min_size=1,
        max_size=5,
    ),
    marks=st.lists(st.booleans(), min_size=5),
)
def test_what_a_cache_was_asked_about_is_never_more_than_all_input(blocks: list[Any], marks: list[bool]) -> None:
    marked = [block | (MARK if mark else {}) for block, mark in zip(blocks, marks, strict=False)]
    read = asked({"role": "user", "content": marked})
    assert 0 <= read.cache.read + read.cache.written <= count_request(read.body)


def test_writing_to_a_cache_costs_its_premium() -> None:
    plain = cost("cached-1", input_tokens=1000, cached_input_tokens=0, output_tokens=0)
    costs = [
        cost("cached-1", input_tokens=1000, cached_input_tokens=use.read, output_tokens=0, cache=use)
        for use in (CacheUse(read=1000), CacheUse(written_5m=1000), CacheUse(written_1h=1000))
    ]
    assert [price / plain for price in costs] == [Decimal("0.1"), Decimal("1.25"), Decimal(2)]


def test_a_cost_is_the_exact_sum_rounded_up_once() -> None:
    # 0.0375 + 0.1501 millionths of a dollar a token
    assert cost("odd-1", input_tokens=1, cached_input_tokens=0, output_tokens=1) == Decimal("0.000000188")
    assert cost("embed-1", input_tokens=1, cached_input_tokens=0, output_tokens=0) == Decimal("0.00000002")


@pytest.mark.parametrize("dearer", ["default", "reasoning-1", "vision-1"])
def test_embeddings_are_cheap(dearer: str) -> None:
    of_embeddings, of_another = (
        cost(model, input_tokens=1000, cached_input_tokens=0, output_tokens=0) for model in ("embed-1", dearer)
    )
    assert of_embeddings < of_another
