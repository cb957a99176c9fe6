r"""A prompt of the local database, on a machine without `psql`: statements in, tables out.

A statement ends with a semicolon and may have many lines. `\d` lists the tables, `\d NAME` the columns of one, `\q`
or `exit` ends it, Ctrl-C discards what was typed or cancels what runs. Each statement is a transaction of its own
unless you begin one. JSON is printed as PostgreSQL prints it. The results of a single statement and of a script are
printed in full; the prompt shortens long values and prints a line about it.
"""

import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import psycopg
from psycopg.types.string import TextLoader

from supervisor import env_file
from supervisor.errors import SupervisorError
from supervisor.settings import Settings

_FAILED, _INTERRUPTED = 1, 130
_DROPPED = "\x03"
_HELP = """A statement ends with a semicolon; Ctrl-C drops it.
\\d         the tables
\\d NAME    the columns of one
\\q, exit   leaves"""
_TABLES = "SELECT tablename AS table FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
_COLUMNS = """SELECT column_name AS column, data_type AS type, is_nullable AS nullable
              FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s
              ORDER BY ordinal_position"""
_WIDEST = 80


def prompt(settings: Settings, *, statement: str | None, login: str | None) -> int:
    """Run one statement, or those of standard input; 1 if one fails that was not typed at a terminal."""
    # asyncio has replaced the handler of Ctrl-C with one that ends the program.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with _connected(settings, login) as connection:
            if statement is not None:
                return _run(connection, statement)
            if not sys.stdin.isatty():
                return max([_run(connection, one) for one in statements(sys.stdin)], default=0)
            return _talk(connection)
    except KeyboardInterrupt:
        return _INTERRUPTED
    finally:
        signal.signal(signal.SIGINT, before)


def statements(lines: Iterable[str]) -> Iterator[str]:
    """Complete statements and backslash commands; the rest at the end of the input counts as a statement."""
    statement = ""
    for line in lines:
        if line == _DROPPED:
            statement = ""
            continue
        if not statement.strip():
            word = line.strip()
            if word.rstrip(";").lower() in {"\\q", "exit", "quit"}:
                return
            if word.rstrip(";").lower() == "help":
                word = "\\?"
            if word.startswith("\\"):
                yield word
                continue
        statement += line
        if statement.rstrip().endswith(";"):
            yield statement
            statement = ""
    if statement.strip():
        yield statement


def _talk(connection: "psycopg.Connection[Any]") -> int:
    with suppress(ImportError):
        import readline  # noqa: F401, PLC0415  # gives the prompt a history; some Pythons have none
    print("the local database; help says what there is, exit leaves", file=sys.stderr)
    for one in statements(_typed()):
        try:
            _run(connection, one, widest=_WIDEST)
        except KeyboardInterrupt:
            print("the statement was cancelled", file=sys.stderr)
    return 0


def _connected(settings: Settings, login: str | None) -> "psycopg.Connection[Any]":
    variables = env_file.read(settings.paths.env)
    name = "DATABASE_URL" if login is None else f"DATABASE_URL_{login.upper()}"
    if name not in variables:
        raise SupervisorError("the local stack does not run: make deploy-local")
    try:
        connection = psycopg.connect(variables[name], autocommit=True)
    except psycopg.OperationalError as error:
        raise SupervisorError(f"the database does not answer: {error}") from error
    for kind in ("json", "jsonb"):
        connection.adapters.register_loader(kind, TextLoader)
    return connection


def _typed() -> Iterator[str]:
    while True:
        try:
            yield input("lockstep=# ") + "\n"
        except KeyboardInterrupt:
            print(file=sys.stderr)
            yield _DROPPED
        except EOFError:
            print(file=sys.stderr)
            return


def _run(connection: "psycopg.Connection[Any]", statement: str, *, widest: int | None = None) -> int:
    command, _, name = statement.strip().rstrip(";").partition(" ")
    if command == "\\?":
        print(_HELP)
        return 0
    try:
        if command == "\\d":
            cursor = connection.execute(_COLUMNS, [name.strip()]) if name else connection.execute(_TABLES)
        else:
            cursor = connection.execute(statement.encode())
    except psycopg.Error as error:
        print(str(error).rstrip(), file=sys.stderr)
        return _FAILED
    for result in cursor.results():
        _show(result, widest)
    return 0


def _show(cursor: "psycopg.Cursor[Any]", widest: int | None) -> None:
    if cursor.description is None:
        print(cursor.statusmessage)
        return
    names = [column.name for column in cursor.description]
    whole = [[_cell(value) for value in row] for row in cursor.fetchall()]
    rows = whole if widest is None else [[_cut(cell, widest) for cell in row] for row in whole]
    widths = [max(len(row[at]) for row in [names, *rows]) for at in range(len(names))]
    for row in [names, ["-" * width for width in widths], *rows]:
        print(" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    print(f"({len(rows)} row{'' if len(rows) == 1 else 's'})")
    if rows != whole:
        print(f"(… where a value is longer than {widest} characters; make sql C='…' prints it whole)")


def _cell(value: object) -> str:
    return "" if value is None else str(value).replace("\n", "\\n")


def _cut(cell: str, widest: int) -> str:
    return cell if len(cell) <= widest else cell[: widest - 1] + "…"
