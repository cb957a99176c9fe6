"""A function with its owner's rights trusts nothing of the caller's connection: nothing temporary masks its tables."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from fixtures.machine.postgres import ScratchDatabase

LOGINS = (*("control_plane", "orchestrator", "llm_gateway", "lambdas", "relay", "sweeper", "recorder", "reconciler"),)
DEFINERS = """SELECT p.oid::regprocedure::text, p.proname, p.proconfig, p.prosrc,
                     pg_get_function_identity_arguments(p.oid)
              FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
              WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"""

TRIGGERS = "SELECT proname FROM pg_proc WHERE prorettype = 'trigger'::regtype"


@pytest.fixture
def definers(scratch: ScratchDatabase) -> list[tuple[str, str, list[str], str, str]]:
    with scratch.superuser() as connection:
        found = connection.execute(DEFINERS).fetchall()
    assert {name for _, name, *_ in found} >= {"api_key_by_hash", "forget_expired_answers", "memberships_of_subject"}
    return found  # type: ignore[return-value]


@pytest.fixture
def tables(scratch: ScratchDatabase) -> list[str]:
    with scratch.superuser() as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return [str(name) for (name,) in rows]


@pytest.fixture(params=LOGINS)
def login(
    request: pytest.FixtureRequest, scratch: ScratchDatabase
) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    with psycopg.connect(scratch.url(request.param), autocommit=True) as connection:
        yield connection


def test_every_such_function_looks_into_temporary_objects_last(
    definers: list[tuple[str, str, list[str], str, str]],
) -> None:
    paths = {
        signature: [one for one in config or [] if one.startswith("search_path=")]
        for signature, _, config, *_ in definers
    }
    assert paths == {one: ["search_path=pg_catalog, public, pg_temp"] for one in paths}


def test_every_such_function_names_its_tables_with_their_schema(
    definers: list[tuple[str, str, list[str], str, str]], tables: list[str]
) -> None:
    for signature, _, _, source, _ in definers:
        words = source.replace("(", " ").replace(")", " ").replace(",", " ").split()
        assert [word for word in words if word in tables] == [], signature


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TEMP TABLE api_keys (hash bytea)",
        "CREATE TEMP VIEW api_keys AS SELECT 1 AS hash",
        "CREATE FUNCTION pg_temp.mine() RETURNS int LANGUAGE sql RETURN 1",
        "CREATE TEMP SEQUENCE mine",
        "CREATE TABLE public.mine (x int)",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql RETURN 1",
        "CREATE SCHEMA mine",
        *("SELECT lo_create(0)", "SELECT lo_creat(-1)", "SELECT lo_from_bytea(0, 'x')", "SELECT lo_unlink(1)"),
        *("SELECT lo_import('/etc/hosts')", "SELECT lo_put(1, 0, 'x')", "SELECT lo_open(1, 131072)"),
    ],
)
def test_no_login_makes_an_object_of_its_own(login: "psycopg.Connection[tuple[object, ...]]", statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        login.execute(sql.SQL(statement))


def _mask(connection: "psycopg.Connection[tuple[object, ...]]", tables: list[str]) -> None:
    """Each table by a temporary view that only its maker may read: whoever looks there is refused."""
    for table in tables:
        connection.execute(sql.SQL("CREATE TEMP VIEW {0} AS TABLE public.{0}").format(sql.Identifier(table)))


def _call(connection: "psycopg.Connection[tuple[object, ...]]", name: str, signature: str) -> None:
    """With a new id for each id, and nothing else."""
    kinds = [kind for kind in signature.partition("(")[2].rstrip(")").split(",") if kind]
    values = ["gen_random_uuid()" if kind == "uuid" else f"CAST(NULL AS {kind})" for kind in kinds]
    connection.execute(f"SELECT * FROM public.{name}({', '.join(values)})".encode())  # noqa: S608  # of the catalogue


def test_even_who_may_make_temporary_objects_masks_no_table_of_such_a_function(
    scratch: ScratchDatabase, definers: list[tuple[str, str, list[str], str, str]], tables: list[str]
) -> None:
    """Functions of triggers cannot be called, and so are read above alone."""
    with psycopg.connect(scratch.superuser_url) as connection:
        triggers = {name for (name,) in connection.execute(TRIGGERS)}
        _mask(connection, tables)
        for signature, name, *_ in definers:
            if name not in triggers:
                _call(connection, name, signature)
        connection.rollback()


def test_the_attack_is_one(scratch: ScratchDatabase, tables: list[str]) -> None:
    """Against a function as they were written before."""
    with psycopg.connect(scratch.superuser_url) as connection:
        connection.execute(
            """CREATE FUNCTION public.trusting() RETURNS SETOF bytea LANGUAGE sql
               SECURITY DEFINER SET search_path = public
               AS 'SELECT hash FROM api_keys'"""
        )
        connection.execute("ALTER FUNCTION public.trusting() OWNER TO key_lookup")
        _mask(connection, tables)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="api_keys"):
            _call(connection, "trusting", "")
        connection.rollback()
