"""LangGraph's own suite for savers, in the capabilities that it requires of each, on ours within a tick."""

from collections.abc import AsyncGenerator
from typing import Any

from langgraph.checkpoint.base import empty_checkpoint
from langgraph.checkpoint.conformance import checkpointer_test, validate
from langgraph.checkpoint.conformance.capabilities import BASE_CAPABILITIES

from fixtures.running.agents import agent_step
from fixtures.running.asking import taken
from fixtures.running.parts import Parts
from fixtures.running.runs import a_run
from orchestrator.engines.agent.saver import MESSAGES, BufferedSaver, thread_of
from orchestrator.work import MoreTurns


async def test_the_saver_has_what_langgraph_requires_of_each(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[agent_step()])
    work = await taken(parts, run, "explore")

    @checkpointer_test(name="BufferedSaver")
    async def a_saver() -> AsyncGenerator[BufferedSaver, None]:
        yield BufferedSaver(parts.orchestrator, work.claim)

    report = await validate(a_saver, capabilities={capability.value for capability in BASE_CAPABILITIES})
    failures = [failure for result in report.results.values() for failure in result.failures]
    assert failures == []
    assert report.passed_all_base()


async def test_what_a_tick_records_the_next_one_reads(parts: Parts) -> None:
    """Of the tick's checkpoints the last is recorded, whatever its id; a worker's clock may be behind another's."""
    run = await a_run(parts.owner, steps=[agent_step()])
    work = await taken(parts, run, "explore")
    saver = BufferedSaver(parts.orchestrator, work.claim)
    config: Any = {"configurable": {"thread_id": thread_of(work.claim), "checkpoint_ns": ""}}
    kept = [
        {**empty_checkpoint(), "id": checkpoint_id, "channel_values": {MESSAGES: messages, "turn": 1}}
        for checkpoint_id, messages in (("2", [{"content": "a"}]), ("1", [{"content": "a"}, {"content": "b"}]))
    ]
    for checkpoint in kept:
        config = await saver.aput(config, checkpoint, {"source": "loop", "step": 1}, {})  # type: ignore[arg-type]
    await parts.writer.more_turns(work.claim.lease_fence(), MoreTurns(turn=1, records=(saver.recorded(1),)))
    later = await taken(parts, run, "explore", tick=1)
    found = await BufferedSaver(parts.orchestrator, later.claim).aget_tuple(
        {"configurable": {"thread_id": thread_of(later.claim)}}
    )
    assert found is not None
    assert found.checkpoint == kept[1]
    assert found.metadata == {"source": "loop", "step": 1}
