"""Time that is over, and holders that are gone, are counted where they are found."""

from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text

from fixtures.running.asking import taken
from fixtures.running.parts import Parts
from fixtures.running.runs import ARun, a_run
from foundation.domain.failures import Failure, FailureCode
from orchestrator.claiming.taking import Taken
from orchestrator.sweeping.sweeper import Sweeper

LAPSED = "UPDATE steps SET lease_expires_at = now() - interval '1 s' WHERE step_id = :step"
OVERDUE = "UPDATE steps SET deadline_at = now() - interval '1 min' WHERE step_id = :step"


def figures() -> tuple[float, ...]:
    """Steps whose time was over, steps taken from holders that are gone, and of both those that held resources."""
    timeouts = REGISTRY.get_sample_value("workflow_timeouts_total", {"scope": "step"}) or 0
    reclaimed = (REGISTRY.get_sample_value(f"workflow_{what}_reclaimed_total") for what in ("leases", "allocations"))
    return timeouts, *(counted or 0 for counted in reclaimed)


async def change(parts: Parts, run: ARun, statement: str) -> Any:
    async with parts.owner.tenant(run.tenant_id) as tx:
        return await tx.execute(text(statement), {"step": run.steps["first"]})


@pytest.mark.parametrize("resources", [{}, {"resources": {"browser": 2}}])
@pytest.mark.parametrize(("cause", "counts"), [(LAPSED, (0, 1)), (OVERDUE, (1, 0))])
async def test_what_the_sweeper_takes_from_a_holder_is_counted_by_its_cause_and_by_what_was_held(
    parts: Parts, sweeper: Sweeper, cause: str, counts: tuple[int, int], resources: dict[str, Any]
) -> None:
    run = await a_run(parts.owner, steps=[{"name": "first", "kind": "noop", **resources}])
    await parts.taker.line_up(run.tenant_id, [run.dispatch("first")])
    assert isinstance(await parts.picker.pick(run.tenant_id), Taken)
    await change(parts, run, cause)
    before = figures()
    await sweeper.sweep()
    await sweeper.sweep()
    counted = (*counts, 1 if resources else 0)
    assert figures() == tuple(earlier + more for earlier, more in zip(before, counted, strict=True))


@pytest.mark.parametrize(("code", "counted"), [(FailureCode.STEP_TIMED_OUT, 1), (FailureCode.JOB_INVALID, 0)])
async def test_a_step_that_its_worker_ends_for_its_time_is_counted(
    parts: Parts, code: FailureCode, counted: int
) -> None:
    run = await a_run(parts.owner)
    lease = (await taken(parts, run, "first")).claim.lease_fence()
    timeouts, *reclaimed = figures()
    await parts.writer.failed(lease, Failure(code, "over", retryable=False))
    assert figures() == (timeouts + counted, *reclaimed)
