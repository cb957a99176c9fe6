"""What a coding agent says, as people read it while it works: one line, cut visibly and to its length."""

import pytest

from tool_runtime.tools.programs.code_agent.agents import short, text_of


@pytest.mark.parametrize(
    ("value", "most", "told"),
    [
        ("two\n  lines ", 300, "two lines"),
        ("x" * 300, 300, "x" * 300),
        ("x" * 301, 300, "x" * 296 + " […]"),
        ("abcdefghij", 9, "abcde […]"),
        (7, 300, "7"),
    ],
    ids=str,
)
def test_a_text_is_one_line_and_never_longer_than_it_may_be(value: object, most: int, told: str) -> None:
    assert short(value, most) == told
    assert len(told) <= most


def test_what_is_no_text_says_nothing() -> None:
    assert (text_of("said"), text_of(None), text_of(["said"])) == ("said", "", "")
