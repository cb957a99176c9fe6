"""Turns that are found again by their request: on the database, with a crew that is played in memory."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from fixtures.running.asking import taken
from fixtures.running.parts import Parts
from fixtures.running.runs import ARun, a_run, a_tenant
from foundation.cloud.live_text.fake import FakeLiveText
from foundation.cloud.objects.fake import FakeObjectStore
from foundation.contracts.gateway.model_call import CallKey, canonical_digest
from foundation.domain.errors import BudgetExceeded, LeaseLost
from foundation.domain.ids import TenantId
from foundation.storage.execution import keyed_turns
from foundation.storage.execution.keyed_turns import KeyedTurn, RequestKey
from foundation.storage.execution.turns import Asker
from orchestrator.clients.crew_program.fake import FakeCrewProgram, one_question_a_task
from orchestrator.clients.launcher.fake import FakeLauncher
from orchestrator.clients.model_gateway.fake import FakeModelGateway
from orchestrator.engines.crew.engine import CrewEngine
from orchestrator.engines.model_turns import ModelTurns
from orchestrator.engines.text_telling import TextTelling
from orchestrator.failpoints import Failpoints
from orchestrator.tools.tool_calls import ToolCalls
from orchestrator.work import HandedBack, StepFinished, Work

CREW: dict[str, Any] = {
    "name": "crew",
    "kind": "crew",
    "agents": [{"name": "counter", "role": "Counter", "goal": "Count."}],
    "tasks": [
        {"name": name, "description": f"Count {name}.", "expected_output": "A number.", "agent": "counter"}
        for name in ("one", "two", "three")
    ],
}
ANSWER = {"choices": [{"message": {"role": "assistant", "content": "an answer"}}]}


async def a_crew_run(parts: Parts) -> ARun:
    return await a_run(parts.owner, steps=[CREW])


async def prepared(
    parts: Parts, work: Work, content: str, occurrence: int = 0, *, tenant: TenantId | None = None
) -> KeyedTurn | None:
    request = {"model": "m", "messages": [{"role": "user", "content": content}]}
    async with parts.orchestrator.tenant(tenant or work.claim.dispatch.tenant_id) as tx:
        key = RequestKey(canonical_digest(request), occurrence)
        return await keyed_turns.prepare(tx, work.claim, key, request, asker=Asker(1))


async def recorded(parts: Parts, work: Work, turn: int) -> None:
    async with parts.orchestrator.tenant(work.claim.dispatch.tenant_id) as tx:
        await keyed_turns.record(tx, work.claim, turn, response=ANSWER, tool_calls=0)


FENCED = "UPDATE steps SET fence = fence + 1 WHERE run_id = :run_id"
PAUSED = "UPDATE runs SET status = 'PAUSED', pause_reason = 'user' WHERE run_id = :run_id"


async def changed(parts: Parts, run: ARun, statement: str) -> None:
    async with parts.owner.tenant(run.tenant_id) as tx:
        await tx.execute(text(statement), {"run_id": run.run_id})


async def test_a_request_is_found_again_whenever_it_comes(parts: Parts) -> None:
    work = await taken(parts, await a_crew_run(parts), "crew")
    first = [await prepared(parts, work, name) for name in ("a", "b", "c")]
    again = [await prepared(parts, work, name) for name in ("c", "a", "b")]
    assert [one and one.turn for one in first] == [0, 1, 2]
    assert [one and one.turn for one in again] == [2, 0, 1]


async def test_equal_requests_are_as_many_turns_as_they_occur(parts: Parts) -> None:
    work = await taken(parts, await a_crew_run(parts), "crew")
    turns = [await prepared(parts, work, "a", occurrence) for occurrence in (0, 1, 10, 1, 0)]
    assert [one and one.turn for one in turns] == [0, 1, 2, 1, 0]
    keys = [CallKey.parse(one.call_key) for one in turns[:3] if one]
    assert [(key.turn, key.occurrence) for key in keys] == [(0, 0), (1, 1), (2, 10)]


async def test_requests_that_come_at_once_get_numbers_of_their_own(parts: Parts) -> None:
    work = await taken(parts, await a_crew_run(parts), "crew")
    turns = await asyncio.gather(*(prepared(parts, work, str(number)) for number in range(8)))
    assert sorted(one.turn for one in turns if one) == list(range(8))


async def test_an_answer_is_recorded_once_and_read_with_its_request(parts: Parts) -> None:
    run = await a_crew_run(parts)
    work = await taken(parts, run, "crew")
    made = await prepared(parts, work, "a")
    assert made is not None
    assert made.response is None
    await recorded(parts, work, made.turn)
    found = await prepared(parts, work, "a")
    assert found is not None
    assert found.response == ANSWER
    with pytest.raises(LeaseLost):
        await recorded(parts, work, made.turn)


async def test_a_holder_whose_fence_was_raised_prepares_and_records_nothing(parts: Parts) -> None:
    run = await a_crew_run(parts)
    work = await taken(parts, run, "crew")
    made = await prepared(parts, work, "a")
    assert made is not None
    await changed(parts, run, FENCED)
    with pytest.raises(LeaseLost):
        await prepared(parts, work, "a")
    with pytest.raises(LeaseLost):
        await recorded(parts, work, made.turn)


async def test_turns_of_an_earlier_beginning_are_not_read(parts: Parts) -> None:
    run = await a_crew_run(parts)
    work = await taken(parts, run, "crew")
    for name in ("a", "b"):
        await prepared(parts, work, name)
    anew = replace(work, claim=replace(work.claim, turn=2))
    made = await prepared(parts, anew, "a")
    assert made is not None
    assert made.turn == 2


async def test_a_paused_run_gets_what_is_recorded_and_begins_nothing(parts: Parts) -> None:
    run = await a_crew_run(parts)
    work = await taken(parts, run, "crew")
    await prepared(parts, work, "a")
    await changed(parts, run, PAUSED)
    known, new = await prepared(parts, work, "a"), await prepared(parts, work, "b")
    assert known is not None
    assert known.turn == 0
    assert new is None


async def test_another_tenant_cannot_see_the_neighbour_s_turns(parts: Parts) -> None:
    work = await taken(parts, await a_crew_run(parts), "crew")
    await prepared(parts, work, "a")
    neighbour, _ = await a_tenant(parts.owner)
    with pytest.raises(LeaseLost):
        await prepared(parts, work, "a", tenant=neighbour)


# --- the engine on these turns


def an_engine(parts: Parts, gateway: FakeModelGateway, program: FakeCrewProgram | None = None) -> CrewEngine:
    objects, failpoints, database = FakeObjectStore(), Failpoints(None, environment="test"), parts.orchestrator
    tools = ToolCalls(
        database, FakeLauncher(), objects, failpoints, artifacts_per_job=10, run_token=lambda _: "a run token"
    )
    turns = ModelTurns(database, gateway, failpoints, TextTelling(FakeLiveText()))
    return CrewEngine(database, objects, turns, tools, program or FakeCrewProgram(one_question_a_task))


async def test_a_crew_that_ran_out_of_budget_goes_on_where_it_was_when_there_is_more(parts: Parts) -> None:
    run = await a_crew_run(parts)
    gateway, answered = FakeModelGateway(), FakeModelGateway().answer

    def poor(request: dict[str, Any]) -> dict[str, Any]:
        if len(gateway.requests) > 2:
            raise BudgetExceeded("the run's budget cannot hold this call", scope="run")
        return answered(request)

    gateway.answer = poor
    work = await taken(parts, run, "crew")
    with pytest.raises(BudgetExceeded):
        await an_engine(parts, gateway).run(work)
    rich = FakeModelGateway()
    outcome = await an_engine(parts, rich).run(work)
    assert isinstance(outcome, StepFinished)
    assert [task["name"] for task in outcome.output["tasks"]] == ["one", "two", "three"]
    assert outcome.turn == 3
    assert len(rich.requests) == 1


async def test_a_crew_of_a_paused_run_hands_its_step_back_and_asks_nothing_more(parts: Parts) -> None:
    run = await a_crew_run(parts)
    work = await taken(parts, run, "crew")
    await changed(parts, run, PAUSED)
    gateway = FakeModelGateway()
    assert await an_engine(parts, gateway).run(work) == HandedBack(
        {"text": "", "tasks": [], "files": [], "partial": True}
    )
    assert gateway.requests == []


async def test_a_crew_plays_its_events_into_the_log_of_its_run(parts: Parts) -> None:
    run = await a_crew_run(parts)
    work = await taken(parts, run, "crew")
    await an_engine(parts, FakeModelGateway()).run(work)
    async with parts.owner.tenant(run.tenant_id) as tx:
        rows = await tx.execute(
            text("SELECT data FROM run_events WHERE run_id = :run_id AND type = 'step.turn' ORDER BY seq"),
            {"run_id": run.run_id},
        )
        assert [row.data for row in rows] == [{"turn": 1}, {"turn": 2}, {"turn": 3}]
