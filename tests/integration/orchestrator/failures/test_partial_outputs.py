"""What a step had is kept when it is stopped before it has its output, and is told to be no more than that."""

from typing import Any

from sqlalchemy import text

from fixtures.running.agents import Played, agent_step, code
from fixtures.running.asking import taken
from fixtures.running.below import child_of, finished, locked
from fixtures.running.parts import Parts
from fixtures.running.runs import ARun, a_run, a_task
from fixtures.running.works import a_failure
from foundation.storage.execution import sub_runs
from foundation.workflow import endings, outcomes
from orchestrator.work import partial_output


async def cancelled(parts: Parts, run: ARun) -> None:
    async with parts.owner.tenant(run.tenant_id) as tx:
        await endings.cancel(tx, await locked(tx, run), failure=a_failure("cancelled", "by hand"))


async def step_of(parts: Parts, run: ARun, name: str = "explore") -> Any:
    async with parts.owner.tenant(run.tenant_id) as tx:
        query = "SELECT status, output, error FROM steps WHERE run_id = :run AND name = :name"
        return (await tx.execute(text(query), {"run": run.run_id, "name": name})).one()


async def test_an_agent_that_is_cancelled_between_its_turns_keeps_what_it_had(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[agent_step()])
    play = Played(parts, [[code()], [code("print(2)")], "done"])
    await play.tick(run)
    await cancelled(parts, run)
    step = await step_of(parts, run)
    assert (step.status, step.output["partial"], step.output["text"]) == ("CANCELLED", True, "")
    assert step.output["files"] == []


async def test_an_agent_that_ends_well_has_no_partial_output(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[agent_step()])
    output = await Played(parts, [[code()], "done"]).until_ended(run)
    assert (await step_of(parts, run)).output == output
    assert "partial" not in output


async def test_a_cancelled_step_keeps_what_comes_late_unless_it_has_a_whole_output(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[agent_step()])
    work = await taken(parts, run, "explore")
    await cancelled(parts, run)
    for text_ in ("first", "second"):
        async with parts.orchestrator.tenant(run.tenant_id) as tx:
            await outcomes.keep_late_output(
                tx,
                run.tenant_id,
                run.steps["explore"],
                fence=work.claim.fence,
                output=partial_output({"text": text_}),
            )
    assert (await step_of(parts, run)).output == {"text": "second", "partial": True}


async def test_the_runs_below_are_listed_with_the_steps_that_started_them(parts: Parts) -> None:
    inner = [{"name": "deeper", "kind": "run", "task": "innermost"}]
    run = await a_run(parts.owner, steps=[{"name": "below", "kind": "run", "task": "inner"}])
    for name, steps in (("inner", inner), ("innermost", None)):
        await a_task(parts.owner, (run.tenant_id, run.user_id), name=name, steps=steps)
    child = await child_of(parts, run)
    grandchild = await child_of(parts, child, "deeper")
    await finished(parts, grandchild, "first")
    async with parts.owner.tenant(run.tenant_id) as tx:
        found = await sub_runs.below(tx, run.tenant_id, run.run_id)
        of_child = await sub_runs.below(tx, run.tenant_id, child.run_id)
        of_last = await sub_runs.below(tx, run.tenant_id, grandchild.run_id)
    assert [(one.run_id, one.parent_run_id, one.parent_step) for one in found] == [
        (child.run_id, run.run_id, "below"),
        (grandchild.run_id, child.run_id, "deeper"),
    ]
    assert [one.run_id for one in of_child] == [grandchild.run_id]
    assert of_last == []
