"""A script's expressions are filled from the request that it answers."""

from typing import Any

import pytest

from simulated_provider.scripts.turns import Turn, facts, fill, pick

MESSAGES: list[dict[str, Any]] = [
    {"role": "user", "content": 'Count: {"rows": [1, 2]} please'},
    {"role": "assistant", "content": "Let me look."},
    {"role": "tool", "content": '{"result": {"count": 2}}'},
    {"role": "tool", "content": [{"type": "text", "text": "no JSON"}]},
]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("${data.rows}", [1, 2]),
        ("rows: ${data.rows}", "rows: [1, 2]"),
        ("${tools[0].result.count} of ${length(data.rows)}", "2 of 2"),
        ("${last}", "no JSON"),
        ("${prompt}", 'Count: {"rows": [1, 2]} please'),
        ("${absent.name}", None),
        ("${ {rows: data.rows} }", {"rows": [1, 2]}),
        ({"a": ["${last}", 7]}, {"a": ["no JSON", 7]}),
    ],
)
def test_an_expression_becomes_its_value(value: Any, expected: Any) -> None:
    assert fill(value, facts(MESSAGES)) == expected


def test_a_request_without_tools_and_json_has_nothing_to_fill_with() -> None:
    assert facts([{"role": "user", "content": "hello"}]) == {"last": None, "tools": [], "prompt": "hello", "data": None}


def test_the_last_turn_repeats() -> None:
    turns = (Turn("first"), Turn("second"))
    answered = [{"role": "assistant", "content": "x"}] * 5
    assert [pick(turns, answered[:count])[0] for count in range(4)] == [0, 1, 1, 1]
