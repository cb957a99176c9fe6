"""The statements of the step path reach their rows by whole keys in a database that has no statistics yet."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from fixtures.machine.postgres import ScratchDatabase, scratch_database
from fixtures.running.runs import a_run, a_tenant, database
from orchestrator.claiming.taking import Taken, Taker
from orchestrator.failpoints import Failpoints
from orchestrator.recording.outcome_writer import OutcomeWriter
from orchestrator.work import StepFinished

CHAIN: list[dict[str, Any]] = [
    {"name": f"s{number}", "kind": "noop", "needs": [f"s{number - 1}"] if number else []} for number in range(60)
]
RUNS = 20
# `runs` is left out: while a tenant has few, the plan may as well read them all.
TABLES = {"steps", "step_needs", "task_versions", "tool_events"}


@pytest.fixture
def young() -> Iterator[ScratchDatabase]:
    """A database of the test's own, of which nobody gathers statistics."""
    for database_of_its_own in scratch_database():
        with psycopg.connect(database_of_its_own.superuser_url, autocommit=True) as connection:
            for table in TABLES:
                connection.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = false)")
        yield database_of_its_own


async def test_the_step_path_reads_by_whole_keys_without_statistics(young: ScratchDatabase) -> None:
    statements: dict[str, Any] = {}
    owner, orchestrator = database(young), database(young, "orchestrator", observe=statements.setdefault)
    tenant = await a_tenant(owner)
    for _ in range(RUNS):
        run = await a_run(owner, steps=CHAIN, tenant=tenant)
    taker = Taker(orchestrator, worker_id="w", lease_seconds=45)
    writer = OutcomeWriter(orchestrator, taker, Failpoints(None, environment="test"))
    await taker.take(run.dispatch("s1"))
    taken = await taker.take(run.dispatch("s0"))
    assert isinstance(taken, Taken)
    await writer.finished(taken.work.claim.lease_fence(), StepFinished({"a": 1}), free_slots=1)
    await orchestrator.close()
    await owner.close()
    with psycopg.connect(young.url("orchestrator")) as connection:
        connection.execute("SELECT set_config('lockstep.tenant', %s, false)", [str(run.tenant_id)])
        read = [
            scan
            for statement, parameters in statements.items()
            if statement.lstrip().startswith(("WITH", "UPDATE", "SELECT name"))
            for scan in _scans(connection, statement, parameters)
        ]
    assert {table for table, _, _ in read} >= {"steps", "step_needs", "task_versions"}
    assert [scan for scan in read if scan[2].count("=") < 2] == []


def _scans(connection: Any, statement: str, parameters: Any) -> list[tuple[str, str, str]]:
    """(table, kind of scan, its index condition) of every scan of the tables."""
    with connection.transaction(force_rollback=True):
        [[plan]] = connection.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters).fetchone()
    found, nodes = [], [plan["Plan"]]
    while nodes:
        node = nodes.pop()
        nodes += node.get("Plans", [])
        if node.get("Relation Name") in TABLES and "Scan" in node["Node Type"]:
            condition = node.get("Index Cond") or node.get("Recheck Cond", "")
            found.append((node["Relation Name"], node["Node Type"], condition))
    return found
