"""What is left out of a conversation that is too long: the oldest results of tools, told with their sizes, no more."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.engines.agent.messages import OWN_MEMBERS
from orchestrator.engines.agent.window import BYTES_PER_TOKEN, KEPT_TURNS, LeftOut, window_of

OPENING = [{"role": "system", "content": "Explore."}, {"role": "user", "content": "Begin."}]


def a_turn(number: int, *sizes: int) -> list[dict[str, Any]]:
    calls = [{"id": f"{number}-{place}", "function": {"name": "code_python"}} for place in range(len(sizes))]
    results = [
        {
            "role": "tool",
            "tool_call_id": call["id"],
            "content": "x" * size,
            "status": "SUCCEEDED",
            "tool": "code.python",
        }
        for call, size in zip(calls, sizes, strict=True)
    ]
    return [{"role": "assistant", "content": None, "tool_calls": calls, "finish_reason": "tool_calls"}, *results]


def conversation(*turns: tuple[int, ...]) -> list[dict[str, Any]]:
    return [*OPENING, *(message for number, sizes in enumerate(turns) for message in a_turn(number, *sizes))]


def test_a_conversation_that_fits_is_sent_whole_without_our_own_members() -> None:
    messages = conversation((100,), (200,))
    sent, left_out = window_of(messages, context_tokens=10_000)
    assert left_out == LeftOut()
    assert left_out.as_json() is None
    assert [message["content"] for message in sent] == [message["content"] for message in messages]
    assert not any(OWN_MEMBERS & set(message) for message in sent)


def test_the_oldest_results_go_first_and_no_more_than_needed() -> None:
    messages = conversation((4_000,), (4_000,), (4_000,), (10,), (10,))
    sent, left_out = window_of(messages, context_tokens=2_000)
    results = [message["content"] for message in sent if message["role"] == "tool"]
    assert [content.startswith("x") for content in results] == [False, False, True, True, True]
    assert left_out.as_json() == {"results": 2, "bytes": 8_000}
    assert "4000 bytes" in json.loads(results[0])["left_out"]


def test_the_last_turns_stay_whole_even_if_they_are_too_long() -> None:
    sent, left_out = window_of(conversation((10,), (9_000,), (9_000,)), context_tokens=1_000)
    assert left_out.results == 0, "a note would be longer than the result"
    assert [len(message["content"]) for message in sent if message["role"] == "tool"] == [10, 9_000, 9_000]


@given(
    turns=st.lists(st.lists(st.integers(0, 3_000), max_size=4).map(tuple), max_size=12),
    tokens=st.integers(100, 5_000),
)
def test_only_results_before_the_last_turns_change_and_always_in_the_same_way(
    turns: list[tuple[int, ...]], tokens: int
) -> None:
    messages = conversation(*turns)
    sent, left_out = window_of(messages, context_tokens=tokens)
    assert (sent, left_out) == window_of(messages, context_tokens=tokens)
    assert len(sent) == len(messages)
    answers = [place for place, message in enumerate(messages) if message["role"] == "assistant"]
    kept = answers[-KEPT_TURNS] if len(answers) > KEPT_TURNS else 0
    changed = [place for place, message in enumerate(sent) if message["content"] != messages[place]["content"]]
    assert all(messages[place]["role"] == "tool" and place < kept for place in changed)
    assert left_out.results == len(changed)
    assert left_out.bytes == sum(len(messages[place]["content"]) for place in changed)
    if changed:
        last = changed[-1]
        before = [*sent[:last], {**sent[last], "content": messages[last]["content"]}, *sent[last + 1 :]]
        size = sum(len(json.dumps(message, ensure_ascii=False).encode()) for message in before)
        assert size > tokens * BYTES_PER_TOKEN, "what was left out last had to be"
