"""Lists are read from indexes, in their order and by their filters: no row is read that a page does not need."""

import asyncio
import importlib
import json
import pkgutil
import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, cast
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

import foundation.storage
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from foundation.storage import tasks
from foundation.storage.execution import runs
from foundation.storage.session.pages import MOST_ROWS, Kind, PagePart, Pages
from foundation.storage.session.statements import Statement

_ONE, _THEN = UUID(int=1), "2026-11-20T00:00:00Z"
_VALUES: dict[str, Any] = {
    **dict.fromkeys(("run_id", "task_id", "schedule_id", "trigger_id", "webhook_id", "user_id"), _ONE),
    **dict.fromkeys(("forked_from", "parent"), _ONE),
    "among": [_ONE],
    "but": [_ONE],
    **dict.fromkeys(
        ("started_by", "status", "cause", "email", "role", "holding", "name", "actor", "action", "target"), "word"
    ),
    **dict.fromkeys(("since", "until"), _THEN),
    "outcome": "allowed",
    "usable": True,
    "paused": True,
    "item": 1,
}
_PLACES = {Kind.MOMENT: _THEN, Kind.ID: _ONE, Kind.TEXT: "task 5", Kind.NUMBER: 7}

READ_IN_ORDER = {
    "approvals.run_id": "a run asks for few approvals",
    "invitations.status": "it depends on the clock; few invitations of a tenant are not open",
    "members.role": "who has a role is read from the members, of which a tenant has few thousand",
    "members.email": "likewise; an address is a column of all tenants' users",
    "roles.holding": "a tenant has 100 roles at most",
    "key_records.usable": "it depends on the clock; keys that cannot be used are few",
    "schedules.paused": "a tenant has few hundred schedules",
    "tasks.name": "no two live tasks have one name",
    "runs.among": "the runs are named by their ids",
    "runs.but": "all runs but a few are read in the list's order",
    "of_run.name": "no two steps of a run have one name",
    "items.item": "no two items of a step have one place",
    "runs.since": "a range of the list's own order",
    "runs.until": "likewise",
    "tenant_pages.since": "likewise",
    "tenant_pages.until": "likewise",
    "log.since": "a range, by an index of moments; the order is that of ids",
    "log.until": "likewise",
    "platform_pages.since": "likewise",
    "platform_pages.until": "likewise",
}
"""Filters without an index of their own that ends in the list's order, and why rows are few that a page then skips."""


def lists() -> dict[str, Pages]:
    """Every list of the storage by its module's name, with a name of its own where a module has several."""
    found = {}
    for module in pkgutil.walk_packages(foundation.storage.__path__, "foundation.storage."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, Pages):
                found[module.name.rpartition(".")[2] if name == "PAGES" else name.lower()] = value
    return found


LISTS = lists()


def nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def plan_of(
    scratch: ScratchDatabase, tenant_id: UUID, statement: Statement, values: Mapping[str, Any], *settings: str
) -> list[Mapping[str, Any]]:
    """Of the statement as the API's login runs it, with its row-level security."""
    with psycopg.connect(scratch.url("control_plane")) as connection:
        connection.execute("SELECT set_config('lockstep.tenant', %s, true)", [str(tenant_id)])
        for setting in settings:
            connection.execute("SELECT set_config(%s, 'off', true)", [setting])
        query = b"EXPLAIN (FORMAT JSON) " + statement.sql
        [(found,)] = connection.execute(query, {**_VALUES, "tenant_id": tenant_id, **values}).fetchall()
    document: Any = json.loads(found) if isinstance(found, str) else found
    return list(nodes(document[0]["Plan"]))


def part_of(pages: Pages, order: str, *, is_next: bool) -> dict[str, Any]:
    place = tuple(_PLACES[column.kind] for column in pages.orders.columns(order)) if is_next else None
    return pages.values(PagePart(order, 51, place, content=frozenset(pages.large)))


def table_of(pages: Pages) -> str:
    """The table whose rows are listed: that of the column by which they are ordered."""
    select = str(pages.statement(pages.orders.usual, is_next=False))
    alias = pages.orders.columns(pages.orders.usual)[0].sql.rpartition(".")[0]
    found = re.search(rf"(?:FROM|JOIN) (\w+) {alias}\b" if alias else r"FROM (\w+)", select)
    assert found is not None, select
    return found.group(1)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_read_from_an_index_in_each_of_its_orders(scratch: ScratchDatabase, name: str) -> None:
    """PostgreSQL is told to sort, and to read whole tables, only where it must: of empty tables it would always."""
    pages, table = LISTS[name], table_of(LISTS[name])
    for order, is_next, bounded in product(pages.orders.words(), (False, True), {False, bool(pages.large)}):
        values = part_of(pages, order, is_next=is_next)
        statement = pages.statement(order, is_next=is_next, bounded=bounded)
        plan = plan_of(scratch, _ONE, statement, values, "enable_seqscan", "enable_sort", "enable_bitmapscan")
        assert "Sort" not in {node["Node Type"] for node in plan}, (order, is_next, bounded)
        read = {node["Node Type"] for node in plan if node.get("Relation Name") == table}
        assert read <= {"Index Scan", "Index Only Scan"}, (order, is_next, bounded)
        assert any("Run Condition" in node for node in plan) == bounded, "PostgreSQL stops at the row that is too much"


def compared(text: str) -> list[str]:
    """The columns that a condition compares for equality with a parameter."""
    return re.findall(r"(?<!\w)(?:\w+\.)?(\w+) = (?:lower\()?%\(", text)


@pytest.mark.parametrize("name", [f"{name}.{one}" for name, pages in LISTS.items() for one in pages.filters])
def test_a_filter_has_an_index_that_ends_in_the_lists_order(scratch: ScratchDatabase, name: str) -> None:
    pages, own = LISTS[name.partition(".")[0]], name.partition(".")[2]
    table = table_of(pages)
    text = str(pages.statement(pages.orders.usual, frozenset({own}), is_next=False))
    if not compared(text.rpartition("AND (")[2]):
        assert name in READ_IN_ORDER
        return
    by = set(compared(text))
    ordered = [column.sql.rpartition(".")[2] for column in pages.orders.columns(pages.orders.usual)]
    with psycopg.connect(scratch.superuser_url) as connection:
        found = connection.execute(
            """SELECT i.indexrelid::regclass::text,
                      array(SELECT pg_get_indexdef(i.indexrelid, k, true) FROM generate_series(1, i.indnkeyatts) k)
               FROM pg_index i WHERE i.indrelid = %s::regclass""",
            [table],
        ).fetchall()
    serving = [index for index, columns in found if serves(columns, by, ordered)]
    assert bool(serving) != (name in READ_IN_ORDER), (by, ordered, found)


def serves(columns: list[str], by: set[str], ordered: list[str]) -> bool:
    """Whether an index leads through rows that are equal in what is compared to the list's order."""
    plain = [re.sub(r"^md5\((\w+)\)$", r"\1", column) for column in columns]
    equal = [column for column in plain if column in by]
    return set(equal) == by and set(plain[: len(equal)]) == by and plain[len(equal) :][: len(ordered)] == ordered


@pytest.mark.parametrize("name", [f"{name}.{one}" for name, pages in LISTS.items() for one in pages.filters])
def test_a_filter_is_looked_up_in_its_index_although_rows_may_be_another_tenants(
    scratch: ScratchDatabase, name: str
) -> None:
    """By a function that is not leak-proof PostgreSQL looks nothing up where there is row-level security."""
    if name in READ_IN_ORDER:
        pytest.skip(READ_IN_ORDER[name])
    pages, own = LISTS[name.partition(".")[0]], name.partition(".")[2]
    statement = pages.statement(pages.orders.usual, frozenset({own}), is_next=False)
    values = part_of(pages, pages.orders.usual, is_next=False)
    plan = plan_of(scratch, _ONE, statement, values, "enable_seqscan", "enable_sort", "enable_bitmapscan")
    looked_up = [node.get("Index Cond", "") for node in plan if node.get("Relation Name") == table_of(pages)]
    by = compared(str(statement).rpartition("AND (")[2])
    assert any(all(re.search(rf"\b{column}\b", one) for column in by) for one in looked_up), looked_up


_MANY = """
INSERT INTO tasks (tenant_id, task_id, name)
    SELECT %(t)s, gen_random_uuid(), 'task ' || n FROM generate_series(1, 3000) n;
INSERT INTO task_versions (tenant_id, task_id, version, definition)
    SELECT tenant_id, task_id, 1, jsonb_build_object('name', name) FROM tasks WHERE tenant_id = %(t)s;
INSERT INTO runs (tenant_id, run_id, task_id, task_version, timeout_seconds, status, ended_at, created_at)
    SELECT tenant_id, gen_random_uuid(), task_id, 1, 60,
           CASE WHEN hashtext(name) %% 2 = 0 THEN 'FAILED' ELSE 'COMPLETED' END,
           now(), now() - random() * interval '30 days'
    FROM tasks WHERE tenant_id = %(t)s;
INSERT INTO runs (tenant_id, run_id, task_id, task_version, timeout_seconds, status, ended_at, started_by)
    SELECT tenant_id, gen_random_uuid(), task_id, 1, 60, 'COMPLETED', now(), 'user:somebody'
    FROM tasks, generate_series(1, 3000) WHERE tenant_id = %(t)s AND name = 'task 8';
"""


@pytest.fixture(scope="module")
def many(scratch: ScratchDatabase) -> Tenant:
    """A tenant with thousands of tasks and runs, which PostgreSQL knows of."""
    tenant = Tenant().create(scratch)
    with psycopg.connect(scratch.superuser_url, autocommit=True) as connection:
        for statement in _MANY.strip().rstrip(";").split(";\n"):
            connection.execute(statement.encode(), {"t": tenant.tenant_id})
        for table in ("tasks", "task_versions", "runs"):
            connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
    return tenant


def _busy(scratch: ScratchDatabase, tenant: Tenant) -> dict[str, Any]:
    """The task that has most runs, and who has started them."""
    with psycopg.connect(scratch.superuser_url) as connection:
        [(task_id,)] = connection.execute(
            "SELECT task_id FROM tasks WHERE tenant_id = %s AND name = 'task 8'", [tenant.tenant_id]
        ).fetchall()
    return {"task_id": task_id, "started_by": "user:somebody"}


def is_read_in_order(plan: list[Mapping[str, Any]], table: str, index: str) -> bool:
    kinds = {node["Node Type"] for node in plan}
    indexes = {node.get("Index Name") for node in plan}
    scanned = {node.get("Relation Name") for node in plan if node["Node Type"] == "Seq Scan"}
    return "Sort" not in kinds and "Incremental Sort" not in kinds and index in indexes and table not in scanned


@pytest.mark.parametrize("order", runs.PAGES.orders.words())
@pytest.mark.parametrize("is_next", [False, True])
@pytest.mark.parametrize(
    ("given", "index"),
    [({}, "runs_newest"), ({"status": "FAILED"}, "runs_of_status"), ({"task_id": _ONE}, "runs_of_task")],
)
def test_many_runs_are_read_from_their_indexes(
    scratch: ScratchDatabase, many: Tenant, order: str, given: dict[str, Any], index: str, *, is_next: bool
) -> None:
    values = {**part_of(runs.PAGES, order, is_next=is_next), **given}
    statement = runs.PAGES.statement(order, frozenset(given), is_next=is_next)
    assert is_read_in_order(plan_of(scratch, many.tenant_id, statement, values), "runs", index)


@pytest.mark.parametrize(
    ("by", "index"), [("task_id", "runs_of_task_by_status"), ("started_by", "runs_started_by_status")]
)
def test_runs_of_a_task_or_a_starter_that_has_none_of_that_status_are_not_read_one_by_one(
    scratch: ScratchDatabase, many: Tenant, by: str, index: str
) -> None:
    """Most tasks never fail: whoever asks for their failed runs waits for no other run to be looked at."""
    given = {by: _busy(scratch, many)[by], "status": "FAILED"}
    values = {**part_of(runs.PAGES, runs.PAGES.orders.usual, is_next=False), **given}
    statement = runs.PAGES.statement(runs.PAGES.orders.usual, frozenset(given), is_next=False)
    plan = plan_of(scratch, many.tenant_id, statement, values)
    assert is_read_in_order(plan, "runs", index)
    assert all("status" in node["Index Cond"] for node in plan if node.get("Index Name") == index)


@pytest.mark.parametrize("is_next", [False, True])
@pytest.mark.parametrize(
    ("given", "index"),
    [({}, "runs_newest"), ({"status": "FAILED"}, "runs_of_status"), ({"task_id": _ONE}, "runs_of_task")],
)
def test_the_one_plan_for_all_values_reads_an_index_too(
    scratch: ScratchDatabase, many: Tenant, given: dict[str, Any], index: str, *, is_next: bool
) -> None:
    order = runs.PAGES.orders.usual
    statement = runs.PAGES.statement(order, frozenset(given), is_next=is_next)
    values = {**_VALUES, "tenant_id": many.tenant_id, **part_of(runs.PAGES, order, is_next=is_next), **given}
    names = dict.fromkeys(re.findall(r"%\((\w+)\)s", str(statement)))
    with psycopg.connect(scratch.url("control_plane")) as connection:
        connection.execute("SELECT set_config('lockstep.tenant', %s, true)", [str(many.tenant_id)])
        connection.execute("SELECT set_config('plan_cache_mode', 'force_generic_plan', true)")
        connection.execute(statement.sql, values, prepare=True)
        [(name,)] = connection.execute(
            "SELECT name FROM pg_prepared_statements WHERE statement LIKE '%FROM runs r%'"
        ).fetchall()
        query = sql.SQL("EXPLAIN (FORMAT JSON) EXECUTE {}({})").format(
            sql.Identifier(name), sql.SQL(", ").join(sql.Literal(values[one]) for one in names)
        )
        [(found,)] = connection.execute(query).fetchall()
    plan = list(nodes(found[0]["Plan"]))
    assert is_read_in_order(plan, "runs", index)
    assert re.search(r"tenant_id = \$\d", json.dumps(found)), "it is planned for these values alone"


def test_a_page_asks_for_no_more_rows_than_a_list_gives() -> None:
    order = runs.PAGES.orders.usual
    with pytest.raises(ValueError, match="201 rows at most"):
        asyncio.run(runs.PAGES.read(cast("Any", None), PagePart(order, MOST_ROWS + 1), {}))


@pytest.mark.parametrize("name", LISTS)
def test_a_list_says_for_how_many_rows_it_is_planned(name: str) -> None:
    pages = LISTS[name]
    statement = str(pages.statement(pages.orders.usual, is_next=False))
    assert re.search(rf"LIMIT {pages.most} \) AS first LIMIT %\(limit\)s", statement)


@pytest.mark.parametrize("order", tasks.PAGES.orders.words())
@pytest.mark.parametrize("is_next", [False, True])
def test_many_tasks_are_read_from_their_indexes(
    scratch: ScratchDatabase, many: Tenant, order: str, *, is_next: bool
) -> None:
    values = part_of(tasks.PAGES, order, is_next=is_next)
    index = "tasks_live_name" if order.endswith("name") else "tasks_newest"
    statement = tasks.PAGES.statement(order, is_next=is_next)
    assert is_read_in_order(plan_of(scratch, many.tenant_id, statement, values), "tasks", index)
