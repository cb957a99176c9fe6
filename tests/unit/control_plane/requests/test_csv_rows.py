"""Rows of an answer as a file that a spreadsheet opens without running any of it."""

from decimal import Decimal

import pytest

from control_plane.requests.answers.csv_rows import csv_rows


def test_rows_are_lines_of_cells_and_numbers_are_exact() -> None:
    written = csv_rows([["day", "cost"], ["2026-11-01", Decimal("0.0000000010")], [None, -3]])
    assert written == b"day,cost\r\n2026-11-01,0.0000000010\r\n,-3\r\n"


def test_objects_are_json_and_commas_are_quoted() -> None:
    assert csv_rows([[{"name": "é"}, "a,b"]]) == '"{""name"": ""é""}","a,b"\r\n'.encode()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_that_a_spreadsheet_would_run_is_shown(text: str) -> None:
    assert csv_rows([[text]]).decode().strip('"\r\n').startswith("'")
