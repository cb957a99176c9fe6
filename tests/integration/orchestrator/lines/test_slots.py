"""Steps that wait for a place at the tool runtime use none of their own time."""

from typing import Any

from sqlalchemy import text

from fixtures.running.parts import Parts
from fixtures.running.runs import ARun, a_run
from foundation.domain.failures import Failure
from foundation.workflow.lines import slots
from orchestrator.claiming.taking import Taken

THREE: list[dict[str, Any]] = [{"name": name, "kind": "noop"} for name in ("a", "b", "c")]


async def row_of(parts: Parts, run: ARun, step: str) -> Any:
    async with parts.owner.tenant(run.tenant_id) as tx:
        return (
            await tx.execute(
                text("SELECT *, deadline_at - now() AS left FROM steps WHERE step_id = :s"), {"s": run.steps[step]}
            )
        ).one()


async def taken(parts: Parts, run: ARun, step: str) -> Taken:
    found = await parts.taker.take(run.dispatch(step))
    assert isinstance(found, Taken), found
    return found


async def test_a_held_step_that_waits_has_no_deadline_and_goes_on_with_what_was_left(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[{"name": "a", "kind": "noop", "timeout_seconds": 100}])
    claim = (await taken(parts, run, "a")).work.claim
    async with parts.orchestrator.tenant(run.tenant_id) as tx:
        await slots.write_clock(tx, claim, stopped=True)
    waiting = await row_of(parts, run, "a")
    assert (waiting.status, waiting.wait_reason, waiting.deadline_at) == ("RUNNING", "slot", None)
    assert 90 < waiting.clock_left <= 100
    async with parts.orchestrator.tenant(run.tenant_id) as tx:
        await slots.write_clock(tx, claim, stopped=False)
    going = await row_of(parts, run, "a")
    assert (going.wait_reason, going.clock_left) == (None, None)
    assert 90 < going.left.total_seconds() <= 100


async def test_a_step_that_is_ended_or_given_back_while_it_waits_waits_no_more(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=THREE)
    for step, end in (("a", "failed"), ("b", "given_back"), ("c", "retried")):
        held = await taken(parts, run, step)
        async with parts.orchestrator.tenant(run.tenant_id) as tx:
            await slots.write_clock(tx, held.work.claim, stopped=True)
        holding = held.work.claim.lease_fence()
        if end == "given_back":
            await parts.writer.given_back(holding)
        else:
            await parts.writer.failed(holding, Failure("x", end, retryable=end == "retried"))
        assert (await row_of(parts, run, step)).wait_reason is None
    # What was left of its time is kept for who takes it next.
    again = await taken(parts, run, "b")
    assert 290 < again.work.claim.seconds_left <= 300
