"""Runs: inserted once by idempotency key, read, listed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from foundation.domain.ids import ApiKeyId, RunId, StepId, TaskId, TenantId, UserId
from foundation.domain.policy.retention import ContentKind
from foundation.domain.states import PauseReason, Priority, RunStatus
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.pages import Orders, PagePart, Pages, Portion, by_age
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class Lineage:
    """The run, step and turn that a fork began from, and by their names what it changed of its steps' definitions."""

    run_id: RunId
    step: str
    turn: int
    overrides: dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Parentage:
    """The runs above a sub-run, outermost first, and the step and the attempt of the last of them that started it."""

    ancestors: tuple[RunId, ...]
    step_id: StepId
    attempt: int


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run that is to be inserted; of its budget, None sets no limit. One that is `paused` waits to be resumed."""

    tenant_id: TenantId
    run_id: RunId
    task_id: TaskId
    task_version: int
    input: dict[str, Any]
    budget_tokens: int | None
    budget_nano_usd: int | None
    timeout_seconds: int
    idempotency_key: str | None
    request_digest: bytes | None
    traceparent: str | None
    created_by: UserId | None
    priority: Priority = Priority.NORMAL
    concurrency: int | None = None
    lineage: Lineage | None = None
    paused: bool = False
    parentage: Parentage | None = None
    started_by: str | None = None
    """Who starts it, as the audit names them, or the step of which run."""
    payer_key_id: ApiKeyId | None = None
    """Of the key that asks for it, in whose budgets it counts too; None: none does."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run as the API shows it; `tokens` and `cost_nano_usd` are the ledger's sums, those of the runs below apart."""

    run_id: RunId
    task_id: TaskId
    task_version: int
    status: RunStatus
    generation: int
    version: int
    input: dict[str, Any]
    output: Any
    error: dict[str, Any] | None
    pause_reason: PauseReason | None
    budget_tokens: int | None
    budget_nano_usd: int | None
    priority: Priority
    deadline_at: datetime | None
    """When the run's time is over if its clock does not stand before; None while it is paused."""
    traceparent: str | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    progressed_at: datetime
    tokens: int
    cost_nano_usd: int
    usage_final: bool
    forked_from_run_id: RunId | None
    forked_from_step: str | None
    forked_from_turn: int | None
    overrides: dict[str, dict[str, Any]]
    parent_run_id: RunId | None
    parent_step: str | None
    """The name of the step that started it."""
    tokens_below: int
    cost_nano_usd_below: int
    started_by: str | None = None
    """As the audit names them; None of runs from before this was kept."""
    prompts_expired_at: datetime | None = None
    answers_expired_at: datetime | None = None
    artifacts_expired_at: datetime | None = None
    events_expired_at: datetime | None = None

    def expired(self) -> dict[ContentKind, datetime]:
        """Which kinds of its content have expired, and when; what they had is shown nowhere any more."""
        return {kind: at for kind, name in _EXPIRIES if (at := getattr(self, name)) is not None}


_EXPIRIES = tuple((kind, f"{kind.value}_expired_at") for kind in ContentKind)

_FIGURES = """
    , run_deadline(r) AS deadline_at, above.name AS parent_step,
           COALESCE(u.tokens, 0)::bigint AS tokens, COALESCE(u.cost, 0)::bigint AS cost_nano_usd,
           COALESCE(b.tokens, 0)::bigint AS tokens_below, COALESCE(b.cost, 0)::bigint AS cost_nano_usd_below
    FROM runs r
    LEFT JOIN LATERAL (
        SELECT sum(e.total_tokens) AS tokens, sum(e.cost_nano_usd) AS cost FROM llm_events e
        WHERE e.tenant_id = r.tenant_id AND e.run_id = r.run_id) u ON true
    LEFT JOIN steps above ON above.tenant_id = r.tenant_id AND above.step_id = r.parent_step_id
    LEFT JOIN LATERAL (
        SELECT sum(e.total_tokens) AS tokens, sum(e.cost_nano_usd) AS cost
        FROM runs d JOIN llm_events e ON e.tenant_id = d.tenant_id AND e.run_id = d.run_id
        WHERE d.tenant_id = r.tenant_id AND d.parent_run_id IS NOT NULL AND r.run_id = ANY(d.ancestor_run_ids)
          AND d.ancestor_run_ids[1] = COALESCE(r.ancestor_run_ids[1], r.run_id)) b ON true
"""
_SELECT = f"SELECT r.* {_FIGURES}"  # of what is written above


async def insert(tx: Transaction, run: NewRun) -> Run | None:
    """The inserted run; None when its idempotency key is taken (the caller then reads that run)."""
    rows = await tx.execute(
        text(
            """INSERT INTO runs (tenant_id, run_id, task_id, task_version, input, budget_tokens, budget_nano_usd,
                                 timeout_seconds, idempotency_key, request_digest, traceparent, created_by,
                                 status, pause_reason, forked_from_run_id, forked_from_step, forked_from_turn,
                                 overrides, priority, concurrency, ancestor_run_ids, parent_run_id, parent_step_id,
                                 parent_attempt, started_by, payer_key_id)
               VALUES (:tenant_id, :run_id, :task_id, :task_version, CAST(:input AS jsonb), :budget_tokens,
                       :budget_nano_usd, :timeout_seconds, :idempotency_key, :request_digest, :traceparent,
                       :created_by, :status, :pause_reason, :origin, :origin_step, :origin_turn,
                       CAST(:overrides AS jsonb), :priority, :concurrency, :ancestors, :parent, :parent_step,
                       :parent_attempt, :started_by, :payer_key_id)
               ON CONFLICT (tenant_id, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
               RETURNING *, run_deadline(runs) AS deadline_at, 0 AS tokens, 0 AS cost_nano_usd, NULL AS parent_step,
                         0 AS tokens_below, 0 AS cost_nano_usd_below"""
        ),
        {
            "tenant_id": run.tenant_id,
            "run_id": run.run_id,
            "task_id": run.task_id,
            "task_version": run.task_version,
            "input": jsonb(run.input),
            "budget_tokens": run.budget_tokens,
            "budget_nano_usd": run.budget_nano_usd,
            "timeout_seconds": run.timeout_seconds,
            "idempotency_key": run.idempotency_key,
            "request_digest": run.request_digest,
            "traceparent": run.traceparent,
            "created_by": run.created_by,
            "priority": run.priority.value,
            "concurrency": run.concurrency,
            "status": RunStatus.PAUSED if run.paused else RunStatus.PENDING,
            "pause_reason": PauseReason.USER if run.paused else None,
            "origin": run.lineage and run.lineage.run_id,
            "origin_step": run.lineage and run.lineage.step,
            "origin_turn": run.lineage and run.lineage.turn,
            "overrides": jsonb(run.lineage.overrides if run.lineage else {}),
            "ancestors": list(run.parentage.ancestors) if run.parentage else [],
            "parent": run.parentage and run.parentage.ancestors[-1],
            "parent_step": run.parentage and run.parentage.step_id,
            "parent_attempt": run.parentage and run.parentage.attempt,
            "started_by": run.started_by,
            "payer_key_id": run.payer_key_id,
        },
    )
    row = rows.first()
    return value_of(Run, row) if row else None


async def get(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> Run | None:
    row = await tx.execute(
        text(_SELECT + "WHERE r.tenant_id = :tenant_id AND r.run_id = :run_id"),
        {"tenant_id": tenant_id, "run_id": run_id},
    )
    first = row.first()
    return value_of(Run, first) if first else None


async def by_idempotency_key(tx: Transaction, tenant_id: TenantId, key: str) -> tuple[RunId, bytes] | None:
    """The run started under the key, and the digest of the request that started it."""
    row = (
        await tx.execute(
            text("SELECT run_id, request_digest FROM runs WHERE tenant_id = :tenant_id AND idempotency_key = :key"),
            {"tenant_id": tenant_id, "key": key},
        )
    ).first()
    return (row.run_id, bytes(row.request_digest)) if row else None


# What is large is read only where it is shown: PostgreSQL would else unpack it for every row of a page.
_LARGE = ("input", "output", "overrides")
_OF_RUNS = ", ".join(
    f"CASE WHEN :with_{name} THEN r.{name} END AS {name}" if name in _LARGE else f"r.{name}"
    for name in (
        *("run_id", "task_id", "task_version", "status", "generation", "version", *_LARGE, "error", "pause_reason"),
        *("budget_tokens", "budget_nano_usd", "priority", "traceparent", "created_at", "started_at", "ended_at"),
        *("progressed_at", "usage_final", "forked_from_run_id", "forked_from_step", "forked_from_turn"),
        *("parent_run_id", "started_by", *(f"{kind.value}_expired_at" for kind in ContentKind)),
    )
)
PAGES = Pages(
    "SELECT",
    _OF_RUNS,
    _FIGURES,
    "WHERE r.tenant_id = :tenant_id",
    orders=Orders({"created_at": by_age("created_at", "run_id", of="r")}, "-created_at"),
    filters={
        "status": "r.status = :status",
        "task_id": "r.task_id = :task_id",
        "forked_from": "r.forked_from_run_id = :forked_from",
        "parent": "r.parent_run_id = :parent",
        "started_by": "r.started_by = :started_by",
        "since": "r.created_at >= :since",
        "until": "r.created_at < :until",
        "among": "r.run_id = ANY(:among)",
        "but": "r.run_id <> ALL(:but)",
    },
    large={name: name for name in _LARGE},
)


async def page(
    tx: Transaction,
    tenant_id: TenantId,
    part: PagePart,
    *,
    status: RunStatus | None,
    task_id: TaskId | None,
    forked_from: RunId | None,
    parent: RunId | None,
    started_by: str | None,
    since: datetime | None,
    until: datetime | None,
    among: Sequence[RunId] | None,
    but: Sequence[RunId] | None,
) -> Portion[Run]:
    """Of these runs, or all but those, where such are given; input, output and overrides are None where not read."""
    return await PAGES.portion(
        tx,
        part,
        {"tenant_id": tenant_id},
        partial(value_of, Run),
        status=status and status.value,
        task_id=task_id,
        forked_from=forked_from,
        parent=parent,
        started_by=started_by,
        since=since,
        until=until,
        among=among if among is None else list(among),
        but=but if but is None else list(but),
    )


async def count_open(tx: Transaction, tenant_id: TenantId) -> int:
    """The tenant's open runs, without those that stand below another: a run never waits for room for its own."""
    row = await tx.execute(
        text("SELECT count(*) FROM runs WHERE tenant_id = :tenant_id AND ended_at IS NULL AND parent_run_id IS NULL"),
        {"tenant_id": tenant_id},
    )
    return int(row.scalar_one())
