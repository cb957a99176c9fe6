"""`make sql`: a prompt of the database on a machine without psql."""

import os
import subprocess
from pathlib import Path

import pytest

from fixtures.stack import Stack
from supervisor.sql import statements

ROOT = Path(__file__).parents[2]


def make_sql(*variables: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["make", "--no-print-directory", "sql", *variables],
        cwd=ROOT,
        env=dict(os.environ),
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )


def test_statements_end_with_their_semicolon() -> None:
    lines = ["SELECT 1;\n", "\\d\n", "SELECT\n", "  2\n", ";\n", "SELECT 3"]
    assert list(statements(lines)) == ["SELECT 1;\n", "\\d", "SELECT\n  2\n;\n", "SELECT 3"]
    assert list(statements(["\\q\n", "SELECT 1;\n"])) == []


@pytest.mark.stack
def test_one_statement_prints_its_table(stack: Stack) -> None:
    done = make_sql("C=SELECT 'it''s' AS said, 1 AS one")
    assert (done.returncode, done.stdout) == (0, "said | one\n---- | ---\nit's | 1\n(1 row)\n"), done.stderr


@pytest.mark.stack
def test_a_script_from_standard_input_runs_to_its_end_and_tells_what_failed(stack: Stack) -> None:
    done = make_sql(typed="SELECT 1 AS a;\nSELECT nonsense;\n\\d tenants\nSELECT 2 AS b;\n")
    assert done.returncode != 0
    assert "nonsense" in done.stderr
    assert "a\n-\n1" in done.stdout
    assert "tenant_id" in done.stdout
    assert "b\n-\n2" in done.stdout


@pytest.mark.stack
def test_a_service_s_login_sees_what_the_service_sees(stack: Stack) -> None:
    done = make_sql("LOGIN=lambdas", "C=SELECT count(*) FROM runs")
    assert done.stdout.splitlines()[2] == "0", "no tenant is set"
