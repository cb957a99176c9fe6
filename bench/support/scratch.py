"""A database for one benchmark, made from schema.sql, with runs in the state in which InitRun leaves them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from pydantic import PostgresDsn
from sqlalchemy import text

from foundation.contracts.definition import TaskDefinition
from foundation.domain.ids import RunId, TaskId, TenantId, UserId, new_uuid
from foundation.storage import tasks
from foundation.storage.execution import runs
from foundation.storage.execution.dispatches import StepDispatch
from foundation.storage.execution.runs import NewRun
from foundation.storage.session.database import Database, DatabaseSettings
from foundation.storage.session.transaction import Observer
from foundation.workflow import plans

SCHEMA = Path(__file__).parents[2] / "schema.sql"
_ONE_AT_A_TIME = 4242


def renamed(url: str, database: str) -> str:
    """The URL with another database."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, f"/{database}", parts.query, ""))


@contextmanager
def scratch_database(superuser_url: str) -> Iterator[str]:
    """Make a database on the same server and yield its name; it is dropped at the end."""
    name = f"bench_{uuid4().hex[:12]}"
    with psycopg.connect(superuser_url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            with psycopg.connect(renamed(superuser_url, name), autocommit=True) as made:
                # Roles belong to the whole server, so two programs that make them at the same time collide.
                server.execute("SELECT pg_advisory_lock(%s)", [_ONE_AT_A_TIME])
                made.execute(SCHEMA.read_bytes())
                server.execute("SELECT pg_advisory_unlock(%s)", [_ONE_AT_A_TIME])
            yield name
        finally:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def database(url: str, *, pool_size: int, observe: Observer | None = None) -> Database:
    return Database(DatabaseSettings(url=PostgresDsn(url), pool_size=pool_size), application="bench", observe=observe)


def chain(length: int) -> TaskDefinition:
    """No-op steps, each of which needs the one before it."""
    steps = [
        {"name": f"s{place}", "kind": "noop", "needs": [f"s{place - 1}"] if place else []} for place in range(length)
    ]
    return TaskDefinition.model_validate({"name": f"chain-{uuid4()}", "steps": steps})


def fan_out(width: int) -> TaskDefinition:
    """No-op steps that need no other."""
    steps = [{"name": f"s{place}", "kind": "noop"} for place in range(width)]
    return TaskDefinition.model_validate({"name": f"fan-{uuid4()}", "steps": steps})


@dataclass(frozen=True, slots=True)
class Tenancy:
    """A tenant with a user, and the login that may insert rows for them."""

    owner: Database
    tenant_id: TenantId
    user_id: UserId

    @classmethod
    async def new(cls, owner: Database) -> "Tenancy":
        ids = {"tenant": new_uuid(), "user": new_uuid(), "name": f"bench {uuid4()}"}
        async with owner.across_tenants(reason="a benchmark builds what it measures") as tx:
            await tx.execute(text("INSERT INTO tenants (tenant_id, name) VALUES (:tenant, :name)"), ids)
            await tx.execute(text("INSERT INTO users (user_id, subject) VALUES (:user, :name)"), ids)
        return cls(owner, ids["tenant"], ids["user"])  # type: ignore[arg-type]

    async def task(self, definition: TaskDefinition) -> UUID:
        task_id = TaskId(new_uuid())
        async with self.owner.tenant(self.tenant_id) as tx:
            await tasks.insert(tx, self.tenant_id, task_id, name=definition.name)
            await tasks.insert_version(
                tx,
                self.tenant_id,
                task_id,
                version=1,
                definition=definition.model_dump(mode="json"),
                turns_per_dispatch=1,
                created_by=self.user_id,
            )
        return task_id

    async def run(self, task_id: TaskId, definition: TaskDefinition) -> list[StepDispatch]:
        """Make a RUNNING run; return the messages that EnqueueStep would send, in topological order."""
        run_id = RunId(new_uuid())
        run = NewRun(
            tenant_id=self.tenant_id,
            run_id=run_id,
            task_id=task_id,
            task_version=1,
            input={},
            budget_tokens=None,
            budget_nano_usd=None,
            timeout_seconds=definition.timeout_seconds,
            idempotency_key=None,
            request_digest=None,
            traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            created_by=self.user_id,
        )
        async with self.owner.tenant(self.tenant_id) as tx:
            await runs.insert(tx, run)
            await plans.insert_steps(tx, self.tenant_id, run_id, definition, generation=1)
            await plans.start_clock(tx, self.tenant_id, run_id, definition)
            branches = await plans.open_branches(tx, self.tenant_id, run_id)
        return [
            StepDispatch(self.tenant_id, run_id, branch.step_id, 1, branch.tick, f"token-{branch.step_id}")
            for branch in branches
        ]
