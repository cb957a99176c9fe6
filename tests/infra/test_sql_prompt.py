"""`make sql`: a prompt of the database on a machine without psql."""

import fcntl
import os
import select
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from fixtures.running.stack import Stack
from fixtures.waiting import until
from supervisor.commands.sql_prompt import statements

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


@pytest.mark.parametrize("word", ["\\q", "exit", "quit", "QUIT;", " exit "])
def test_whatever_word_leaves_elsewhere_leaves_here(word: str) -> None:
    assert list(statements([f"{word}\n", "SELECT 1;\n"])) == []
    assert list(statements(["SELECT\n", f"'{word}';\n"])) == [f"SELECT\n'{word}';\n"]


def test_help_is_a_command() -> None:
    assert list(statements(["help\n", "SELECT 1;\n"])) == ["\\?", "SELECT 1;\n"]


def test_what_was_dropped_is_no_part_of_the_next_statement() -> None:
    assert list(statements(["SELECT 1,\n", "\x03", "SELECT 2;\n"])) == ["SELECT 2;\n"]


@pytest.mark.stack
def test_one_statement_prints_its_table(stack: Stack) -> None:
    done = make_sql("C=SELECT 'it''s' AS said, 1 AS one")
    assert (done.returncode, done.stdout) == (0, "said | one\n---- | ---\nit's | 1\n(1 row)\n"), done.stderr


@pytest.mark.stack
def test_one_statement_prints_its_values_whole_json_as_json_and_dollars_as_they_are(stack: Stack) -> None:
    done = make_sql("""C=SELECT repeat('x', 300) AS a, '{"b": [null, "é"]}'::jsonb AS b, $$it's $1$$\n AS c""")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[2].split(" | ") == ["x" * 300, '{"b": [null, "é"]}', "it's $1"]


@pytest.mark.stack
def test_at_the_prompt_an_interrupt_drops_the_statement_and_a_cut_value_is_told(stack: Stack) -> None:
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "supervisor", "sql"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "localstack"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - no thread of this test holds a lock
    )
    os.close(theirs)
    said = _until(ours, b"lockstep=# ")
    os.write(ours, b"SELECT 1,\n")
    _until(ours, b"lockstep=# ")
    _interrupt(ours, process.pid)
    _until(ours, b"lockstep=# ")
    # A terminal throws away what it still holds when it is interrupted, so that the statement has to run by then.
    os.write(ours, b"SELECT pg_sleep(60);\n")
    _until_it_sleeps(stack)
    _interrupt(ours, process.pid)
    _until(ours, b"lockstep=# ")
    os.write(ours, b"SELECT repeat('y', 200) AS two;\n")
    said = _until(ours, b"lockstep=# ")
    assert b"(1 row)" in said
    assert b"longer than 80 characters" in said
    os.write(ours, b"exit\n")
    assert process.wait(timeout=30) == 0
    assert b"Traceback" not in said
    os.close(ours)


def _until(terminal: int, words: bytes) -> bytes:
    """What is said until these words come."""
    said = b""
    while words not in said:
        ready, _, _ = select.select([terminal], [], [], 60)
        assert ready, f"nothing more came after {said!r}"
        said += os.read(terminal, 4096)
    return said


def _interrupt(terminal: int, pid: int) -> None:
    """Ctrl-C, once the prompt waits.

    Python's input() shows the prompt, then waits for a line. An interrupt between the two is only seen with the next
    key that is pressed: a person presses once more, and this test would wait for ever.
    """

    def waits() -> bool | None:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].startswith("S") or None

    until(waits, "the prompt's wait for a line")
    os.write(terminal, b"\x03")


def _until_it_sleeps(stack: Stack) -> None:
    """Until a session of the prompt's login is in its statement."""
    sleeping = "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep(60)%'"
    with stack.superuser() as connection:

        def runs() -> object:
            connection.rollback()  # within a transaction PostgreSQL shows the sessions as they were at first
            return connection.execute(sleeping).fetchone()

        until(runs, "the statement of the prompt")


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
