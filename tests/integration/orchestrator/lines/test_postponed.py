"""A step that is postponed is taken again later, as if that attempt had not been."""

from fixtures.running.parts import Parts, one
from fixtures.running.runs import a_run
from orchestrator.claiming.taking import Taken


async def test_a_postponed_step_keeps_its_attempt_and_comes_again_after_the_pause(parts: Parts) -> None:
    run = await a_run(parts.owner)
    for _ in range(2):
        taken = await parts.taker.take(run.dispatch("first"))
        assert isinstance(taken, Taken)
        assert taken.work.claim.attempt == 1
        lease = taken.work.claim.lease_fence()
        await parts.writer.postponed(lease, breaker="tool_launcher", delay_seconds=15)
    row = await one(
        parts,
        run,
        """SELECT s.status, s.attempt, s.fence,
                  (SELECT data FROM run_events e WHERE e.run_id = s.run_id ORDER BY seq DESC LIMIT 1) AS told,
                  (SELECT max(EXTRACT(EPOCH FROM not_before - created_at)) FROM outbox o
                   WHERE o.step_id = s.step_id AND o.kind = 'step_message') AS pause
           FROM steps s WHERE s.run_id = :run_id AND s.name = 'first'""",
        run_id=run.run_id,
    )
    assert (row.status, row.attempt, row.fence) == ("QUEUED", 1, 2)
    assert row.told == {"name": "first", "breaker": "tool_launcher", "delay_seconds": 15}
    assert 14 < row.pause <= 15
