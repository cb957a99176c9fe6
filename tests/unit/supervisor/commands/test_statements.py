"""The prompt of the database takes whole statements, whatever lines they come in."""

import pytest

from supervisor.commands.sql_prompt import statements


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["SELECT 1;\n"], ["SELECT 1;\n"]),
        (["SELECT\n", " 1;\n", "SELECT 2;\n"], ["SELECT\n 1;\n", "SELECT 2;\n"]),
        (["SELECT 1"], ["SELECT 1"]),
        (["\\d\n", "\\d runs;\n"], ["\\d", "\\d runs;"]),
        (["help\n"], ["\\?"]),
        (["SELECT 1\n", "\x03", "SELECT 2;\n"], ["SELECT 2;\n"]),
        (["exit\n", "SELECT 1;\n"], []),
        (["SELECT\n", "exit;\n"], ["SELECT\nexit;\n"]),
        (["\n", "  \n"], []),
    ],
)
def test_lines_become_statements(lines: list[str], expected: list[str]) -> None:
    assert [one.lstrip("\n ") for one in statements(lines)] == expected
