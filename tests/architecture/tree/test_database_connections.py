"""Every connection to PostgreSQL is one on which nobody waits for good, but the one that listens."""

import ast

from architecture.sources import named, python_files, tree_of

OPENERS = {"psycopg.connect", "psycopg.AsyncConnection.connect", "psycopg.Connection.connect"}
OPENERS |= {"create_engine", "create_async_engine", "sqlalchemy.create_engine", "AsyncConnection.connect"}
SESSION = "services/foundation/storage/session"
POOLS, LISTENS = f"{SESSION}/database.py", f"{SESSION}/notifications.py"


def calls_in(tree: ast.Module) -> dict[str, ast.Call]:
    return {ast.unparse(node.func): node for node in ast.walk(tree) if isinstance(node, ast.Call)}


def test_connections_are_opened_in_two_places() -> None:
    files = python_files("services")
    found = {(named(file), called) for file in files for called in calls_in(tree_of(file)).keys() & OPENERS}
    assert found == {(POOLS, "create_async_engine"), (LISTENS, "psycopg.AsyncConnection.connect")}


def test_pools_are_of_connections_that_answer_in_time() -> None:
    [pools] = [file for file in python_files("services") if named(file) == POOLS]
    arguments = {one.arg: one.value for one in calls_in(tree_of(pools))["create_async_engine"].keywords}
    connecting = arguments["connect_args"]
    assert isinstance(connecting, ast.Dict)
    pairs = zip(connecting.keys, connecting.values, strict=True)
    by_name = {ast.unparse(key): ast.unparse(value) for key, value in pairs if key}
    assert by_name["'async_creator_fn'"] == "AnsweringConnection.connect"
