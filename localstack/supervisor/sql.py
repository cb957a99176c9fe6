r"""A prompt of the local database, on a machine without `psql`: statements in, tables out.

A statement ends with a semicolon and may have many lines. `\d` lists the tables, `\d NAME` the columns of one, `\q`
leaves. Each statement is a transaction of its own unless you open one.
"""

import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import psycopg

from supervisor import env_file
from supervisor.errors import SupervisorError
from supervisor.settings import Settings

_FAILED = 1
_TABLES = "SELECT tablename AS table FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
_COLUMNS = """SELECT column_name AS column, data_type AS type, is_nullable AS nullable
              FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s
              ORDER BY ordinal_position"""
_WIDEST = 80


def prompt(settings: Settings, *, statement: str | None, login: str | None) -> int:
    """Runs the one statement, or what standard input says; 1 when a statement of a script failed."""
    with _connected(settings, login) as connection:
        if statement is not None:
            return _run(connection, statement)
        if not sys.stdin.isatty():
            return max((_run(connection, one) for one in statements(sys.stdin)), default=0)
        with suppress(ImportError):
            import readline  # noqa: F401, PLC0415  # gives the prompt a history; some Pythons have none
        for one in statements(_typed()):
            _run(connection, one)
    return 0


def statements(lines: Iterable[str]) -> Iterator[str]:
    """Whole statements and backslash commands; what is left at the end counts as one."""
    statement = ""
    for line in lines:
        if not statement.strip() and line.startswith("\\"):
            if line.strip() == "\\q":
                return
            yield line.strip()
            continue
        statement += line
        if statement.rstrip().endswith(";"):
            yield statement
            statement = ""
    if statement.strip():
        yield statement


def _connected(settings: Settings, login: str | None) -> "psycopg.Connection[Any]":
    variables = env_file.read(settings.paths.env)
    name = "DATABASE_URL" if login is None else f"DATABASE_URL_{login.upper()}"
    if name not in variables:
        raise SupervisorError("the local stack does not run: make deploy-local")
    try:
        return psycopg.connect(variables[name], autocommit=True)
    except psycopg.OperationalError as error:
        raise SupervisorError(f"the database does not answer: {error}") from error


def _typed() -> Iterator[str]:
    print("the local database; \\d lists the tables, \\q leaves", file=sys.stderr)
    with suppress(EOFError, KeyboardInterrupt):
        while True:
            yield input("lockstep=# ") + "\n"


def _run(connection: "psycopg.Connection[Any]", statement: str) -> int:
    command, _, name = statement.strip().rstrip(";").partition(" ")
    try:
        if command == "\\d":
            cursor = connection.execute(_COLUMNS, [name.strip()]) if name else connection.execute(_TABLES)
        else:
            cursor = connection.execute(statement.encode())
    except psycopg.Error as error:
        print(str(error).rstrip(), file=sys.stderr)
        return _FAILED
    for result in cursor.results():
        _show(result)
    return 0


def _show(cursor: "psycopg.Cursor[Any]") -> None:
    if cursor.description is None:
        print(cursor.statusmessage)
        return
    names = [column.name for column in cursor.description]
    rows = [[_cell(value) for value in row] for row in cursor.fetchall()]
    widths = [max(len(row[at]) for row in [names, *rows]) for at in range(len(names))]
    for row in [names, ["-" * width for width in widths], *rows]:
        print(" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    print(f"({len(rows)} row{'' if len(rows) == 1 else 's'})")


def _cell(value: object) -> str:
    text = "" if value is None else str(value).replace("\n", "\\n")
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"
