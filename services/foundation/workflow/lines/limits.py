"""Whether a step may run beside those that run already, by the limits of its tenant, its task and what it takes.

A running step's row is its allocation: it ends with the step's state, and a lapsed lease is ended by the sweeper. So no
allocation can outlive its holder, and there is nothing to count but rows.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import ValidationError

from foundation.contracts.concurrency import ConcurrencyPolicy
from foundation.domain.ids import TaskId, TenantId
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text

TENANT = "concurrency:tenant"
TASK = "concurrency:task"


@dataclass(frozen=True, slots=True)
class StepNeeds:
    """What limits a step besides slots: its task's concurrency, and the units that it takes by resource."""

    task_id: TaskId
    concurrency: int | None
    resources: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Running:
    """What of a tenant runs now."""

    steps: int = 0
    by_task: Mapping[TaskId, int] = field(default_factory=dict)
    units: Mapping[str, int] = field(default_factory=dict)


def lacking(
    needs: StepNeeds, running: Running, policy: ConcurrencyPolicy, *, promised: Collection[str] = ()
) -> Iterator[str]:
    """What there is not enough of for the step; it may run when there is none.

    `promised` is what somebody before it in line lacks: it is left for them, or they would wait as long as smaller
    steps keep coming. A step that takes more than there is in all takes all of it.
    """
    if policy.steps is not None and running.steps >= policy.steps:
        yield TENANT
    if needs.concurrency is not None and running.by_task.get(needs.task_id, 0) >= needs.concurrency:
        yield TASK
    capacities = policy.capacities()
    for name, wanted in sorted(needs.resources.items()):
        capacity = capacities.get(name, 1)  # no longer named by anybody: one step at a time may still need it
        if name in promised or running.units.get(name, 0) + min(wanted, capacity) > capacity:
            yield name


async def read_policy(tx: Transaction, tenant_id: TenantId) -> ConcurrencyPolicy:
    """The tenant's policy."""
    rows = await tx.execute(
        text("SELECT settings -> 'concurrency' FROM tenants WHERE tenant_id = :tenant_id"), {"tenant_id": tenant_id}
    )
    return policy_of(rows.scalar_one())


def policy_of(settings: object) -> ConcurrencyPolicy:
    """The policy in a tenant's settings; the shipped one where there is none, or one that cannot be read."""
    try:
        return ConcurrencyPolicy.model_validate(settings or {})
    except ValidationError:
        return ConcurrencyPolicy()


def is_limited(steps: Collection[StepNeeds], policy: ConcurrencyPolicy) -> bool:
    """Whether anything besides slots limits one of the steps, so that it matters what runs."""
    return policy.steps is not None or any(one.concurrency is not None or one.resources for one in steps)


async def read_running(tx: Transaction, tenant_id: TenantId) -> Running:
    """What of the tenant runs now; asking somebody, and starting a run, do not count."""
    rows = await tx.execute(
        text(
            # The bound on the lease is always true. With it the index of leases serves, in which only what runs stands.
            """SELECT r.task_id, s.resources, count(*)::int AS steps
               FROM steps s
               CROSS JOIN LATERAL (
                   SELECT r.task_id FROM runs r
                   WHERE r.tenant_id = :tenant_id AND r.run_id = s.run_id LIMIT 1) r
               WHERE s.tenant_id = :tenant_id AND s.status = 'RUNNING' AND s.lease_expires_at > '-infinity'
                 AND s.kind NOT IN ('approval', 'run')
               GROUP BY r.task_id, s.resources"""
        ),
        {"tenant_id": tenant_id},
    )
    by_task: Counter[TaskId] = Counter()
    units: Counter[str] = Counter()
    for row in rows:
        by_task[row.task_id] += row.steps
        for name, taken in (row.resources or {}).items():
            units[name] += taken * row.steps
    return Running(by_task.total(), by_task, units)


async def count_waiting(tx: Transaction, tenant_id: TenantId) -> dict[str, int]:
    """How many of the tenant's steps stand in line for each thing that they lack."""
    rows = await tx.execute(
        text(
            """SELECT wait_for, count(*)::int AS steps FROM steps
               WHERE tenant_id = :tenant_id AND status = 'WAITING' AND wait_reason IN ('slot', 'resource')
                 AND wait_for IS NOT NULL
               GROUP BY wait_for"""
        ),
        {"tenant_id": tenant_id},
    )
    return {row.wait_for: row.steps for row in rows}
