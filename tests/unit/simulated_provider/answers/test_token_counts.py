"""Tokens are counted by bytes; a text that is cut to a limit never has more, and is never cut in a character."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from simulated_provider.answers.tokens import (
    IMAGE_TOKENS,
    MESSAGE_OVERHEAD,
    TOOL_OVERHEAD,
    count_messages,
    count_part,
    count_request,
    count_text,
    fitting,
)

TEXT = st.text(st.characters(blacklist_categories=["Cs"]), max_size=60)


@given(text=TEXT, tokens=st.integers(0, 30))
def test_a_text_that_is_cut_fits_and_is_a_beginning(text: str, tokens: int) -> None:
    cut = fitting(text, tokens)
    assert text.startswith(cut)
    assert count_text(cut) <= tokens
    assert cut == text or count_text(text) > tokens


def test_a_token_is_four_bytes_rounded_up() -> None:
    assert [count_text(text) for text in ("", "a", "abcd", "abcde", "ü" * 4)] == [0, 1, 1, 2, 2]


def test_messages_and_tools_cost_more_than_their_text() -> None:
    call: dict[str, Any] = {"function": {"name": "abcd", "arguments": "{}"}}
    messages: list[dict[str, Any]] = [
        {"role": "user", "content": "abcd"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
    ]
    assert count_messages(messages) == 2 * MESSAGE_OVERHEAD + 1 + 2
    tool = {"type": "function"}
    assert count_request({"messages": messages, "tools": [tool]}) == count_messages(messages) + TOOL_OVERHEAD + 5


def test_a_file_counts_as_an_image_and_its_bytes() -> None:
    encoded = "A" * 16
    for part in (
        {"type": "document", "source": {"type": "base64", "data": encoded}},
        {"type": "file", "file": {"file_data": f"data:application/pdf;base64,{encoded}"}},
        {"type": "input_file", "file_data": f"data:application/pdf;base64,{encoded}"},
    ):
        assert count_part(part) == IMAGE_TOKENS + 3
