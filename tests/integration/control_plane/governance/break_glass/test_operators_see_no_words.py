"""Without an access to a tenant, no word of its own is in anything that an operator reads."""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from fixtures.api.api_in_process import ApiInProcess, api_in_process
from fixtures.api.operations import operations_of
from fixtures.gateways.gateway import Signing, Tenant
from fixtures.leaving.full_tenants import full_tenant
from fixtures.machine.free_port import free_port
from fixtures.machine.postgres import ScratchDatabase, scratch_database
from foundation.cloud.objects.fake import FakeObjectStore

WORD = "canaryword"
TRACE = "c0ffee" + "0" * 26
KNOWN = {
    "GET /api/v1/tenants": "the name and the address by which the platform knows its customer",
    "GET /api/v1/tenants/{tenant_id}": "the same of one",
}
"""What shows a tenant's words to operators all the same, and why."""
NOT_ITS_WORDS = {"llm_events", "tenant_deletions", "tenant_exports", "break_glass_accesses"}
"""Tables that hold nothing which a tenant can write: models of the ledger are the platform's, for one."""

CODES = {"dead_letters.cause"}
"""Columns with words of the platform's own."""

_TEXTS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
  AND format_type(a.atttypid, a.atttypmod) IN ('text', 'text[]', 'jsonb')
  AND EXISTS (SELECT FROM pg_attribute t WHERE t.attrelid = c.oid AND t.attname = 'tenant_id') ORDER BY 1, 2
"""
WITH_LETTERS = {
    "GET /api/v1/operations/audit",
    "GET /api/v1/operations/dead-letters",
    "GET /api/v1/operations/dead-letters/{dead_letter_id}",
    "GET /api/v1/operations/resources",
}
"""Among the routes that were read with success."""
_FAILED = (
    b"UPDATE steps SET status = 'FAILED', error = '{}' WHERE tenant_id = %s",
    b"UPDATE dead_letters SET status = 'discarded', ended_at = now(), ended_by = '', reason = 'r' WHERE tenant_id = %s",
)
_SPANS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("invoke_agent WORD", "orchestrator", {"lockstep.step.name": "WORD", "gen_ai.agent.name": "WORD"}),
    ("step tool WORD", "orchestrator", {"lockstep.step.name": "WORD", "lockstep.step.kind": "tool"}),
    ("chat WORD", "orchestrator", {"gen_ai.request.model": "WORD", "gen_ai.operation.name": "chat"}),
    ("chat small", "llm_gateway", {"gen_ai.request.model": "small", "gen_ai.operation.name": "chat"}),
    ("execute_tool api.WORD.get", "orchestrator", {"gen_ai.tool.name": "api.WORD.get"}),
    ("execute_tool code.python", "orchestrator", {"gen_ai.tool.name": "code.python"}),
    ("launch mcp.WORD.get", "tool_runtime", {"gen_ai.tool.name": "mcp.WORD.get"}),
    ("egress GET WORD.example", "tool_runtime.runner", {"server.address": "WORD.example", "server.port": 443}),
    ("WORD", "tool_runtime.runner", {"error.type": "WORD WORD", "http.request.method": "WORD"}),
    ("POST /api/v1/runs", "control_plane", {"http.request.method": "POST", "http.route": "/api/v1/runs"}),
)
SEEN = {
    "invoke_agent …",
    "step tool …",
    "chat …",
    "chat small",
    "execute_tool …",
    "execute_tool code.python",
    "launch …",
    "egress …",
    "…",
    "POST /api/v1/runs",
}


def speak(scratch: ScratchDatabase, tenant: Tenant) -> set[str]:
    """Puts the word wherever a row of the tenant takes it; the columns that did."""
    said = set()
    with scratch.superuser() as connection:
        for statement in _FAILED:
            connection.execute(statement, [tenant.tenant_id])
        for table, column, kind in connection.execute(_TEXTS).fetchall():
            if f"{table}.{column}" in CODES:
                continue
            if table not in NOT_ITS_WORDS and _say(connection, tenant, str(table), str(column), str(kind)):
                said.add(f"{table}.{column}")
        for number, (name, service, about) in enumerate(_SPANS):
            connection.execute(
                "INSERT INTO spans (tenant_id, trace_id, span_id, name, kind, service, status, started_at, duration_us,"
                " attributes) VALUES (%s, %s, %s, %s, 'internal', %s, 'error', now(), 1, %s)",
                [tenant.tenant_id, TRACE, f"{number:016x}", _spoken(name), service, Jsonb(_spoken(about))],
            )
    return said


def _spoken(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _spoken(one) for name, one in value.items()}
    return value.replace("WORD", WORD) if isinstance(value, str) else value


def _say(connection: "psycopg.Connection[Any]", tenant: Tenant, table: str, column: str, kind: str) -> bool:
    """Whether the database lets the column hold it: not where its words are the platform's."""
    words = {"text": (WORD, f"{WORD}_"), "text[]": ([WORD],), "jsonb": (Jsonb({WORD: WORD}),)}[kind]
    apart = {"text": sql.SQL("%s || substr(md5(random()::text), 1, 8)")}
    for number, word in enumerate(words):
        # Where names are one only, rows get different ones.
        value = apart[kind] if number else sql.SQL("%s")
        statement = sql.SQL("UPDATE {} SET {} = {} WHERE tenant_id = %s").format(
            sql.Identifier(table), sql.Identifier(column), value
        )
        try:
            with connection.transaction():
                return connection.execute(statement, [word, tenant.tenant_id]).rowcount > 0
        except (psycopg.IntegrityError, psycopg.DataError):
            continue
    return False


@pytest.fixture
def database() -> Iterator[ScratchDatabase]:
    """Of this test's own: with such words in every place, nothing else works there any more."""
    yield from scratch_database()


@pytest.fixture
async def own_api(database: ScratchDatabase, signing: Signing) -> AsyncIterator[ApiInProcess]:
    async with api_in_process(database, gateway_url=f"http://127.0.0.1:{free_port()}", signing=signing) as running:
        yield running


async def test_no_read_of_an_operator_has_a_word_of_a_tenant(own_api: ApiInProcess, database: ScratchDatabase) -> None:
    tenant = await full_tenant(database, FakeObjectStore())
    said = speak(database, tenant)
    assert {"tasks.name", "steps.name", "steps.error", "dead_letters.error", "dead_letters.reason"} <= said
    assert len(said) > 60
    ids = {"tenant_id": str(tenant.tenant_id), "trace_id": TRACE}
    with database.superuser() as connection:
        for name in ("run_id", "step_id", "dead_letter_id", "checkpoint_id"):
            table = {"run_id": "runs", "step_id": "steps", "dead_letter_id": "dead_letters"}.get(name, "checkpoints")
            query = sql.SQL("SELECT {}::text FROM {} WHERE tenant_id = %s").format(
                sql.Identifier(name), sql.Identifier(table)
            )
            [(found,), *_] = connection.execute(query, [tenant.tenant_id]).fetchall()
            ids[name] = str(found)
    told: set[str] = set()
    read: set[str] = set()
    async with own_api.operator() as operator:
        await read_by_access(own_api, operator, tenant)
        for one in operations_of(own_api.app):
            if one.method != "GET":
                continue
            names = {part[1:-1]: ids.get(part[1:-1], str(uuid4())) for part in one.path.split("/") if "{" in part}
            path = one.path.format_map(names).removeprefix("/api/v1")
            answer = await operator.get(path, params={"limit": 200} if path.endswith(("audit", "letters")) else {})
            if answer.status_code == 200:
                read.add(one.name)
            if WORD in answer.text:
                told.add(one.name)
        trace = (await operator.get(f"/traces/{TRACE}")).json()["items"]
    assert told == set(KNOWN), "say why in KNOWN, and in the documents, or leave the words out"
    assert {"GET /api/v1/traces/{trace_id}", *WITH_LETTERS, *KNOWN} <= read
    assert {span["name"] for span in trace} == SEEN


async def read_by_access(api: ApiInProcess, operator: Any, tenant: Tenant) -> None:
    """The tenant's audit says by which name an operator looked; the platform's, which outlives it, does not."""
    body = {"tenant_id": str(tenant.tenant_id), "reason": "ticket 4711", "minutes": 5}
    access = (await operator.post("/operations/break-glass-accesses", json=body)).raise_for_status().json()
    for path in (f"/tasks/{WORD}", f"/runs?task_id={WORD}", f"/runs/{uuid4()}/steps/{WORD}"):
        await operator.get(path, headers={"Break-Glass-Access": access["id"]})
    async with api.caller(tenant) as owner:
        rows = (await owner.get("/audit", params={"actor": "operator:the-operator"})).json()["items"]
    assert f"/tasks/{WORD}" in {row["target"] for row in rows}
    platforms = (await operator.get("/operations/audit", params={"actor": "operator:the-operator"})).json()["items"]
    assert "/tasks/…" in {row["target"] for row in platforms}
