"""Text that models say reaches the run's stream while they say it, whole for whoever comes late, and nobody else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

import pytest

from control_plane.streams.reading import RunSource, TenantSource
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.streams.streamed_runs import StreamedRuns, StreamReplica
from foundation.cloud.live_text.fake import FakeLiveText
from foundation.contracts.live_text import TextPiece, TurnPlace
from foundation.domain.ids import RunId, StepId, new_uuid


@pytest.fixture
def live_text() -> FakeLiveText:
    return FakeLiveText()


@pytest.fixture
async def replica(scratch: ScratchDatabase, live_text: FakeLiveText) -> AsyncIterator[StreamReplica]:
    async with StreamReplica.open(scratch, live_text) as running:
        yield running


@pytest.fixture
def runs(scratch: ScratchDatabase, tenant: Tenant) -> StreamedRuns:
    return StreamedRuns(scratch, tenant)


class Speaker:
    """One turn of one step."""

    def __init__(self, live_text: FakeLiveText, runs: StreamedRuns, run_id: RunId, *above: RunId) -> None:
        self._live_text = live_text
        self._said = 0
        self.place = TurnPlace(
            tenant_id=runs.tenant.tenant_id,
            root=above[0] if above else run_id,
            run_id=run_id,
            runs_above=above,
            step_id=StepId(new_uuid()),
            step="draft",
            item=None,
            attempt=1,
            fence=1,
            turn=0,
        )

    async def say(self, text: str) -> None:
        offset, self._said = self._said, self._said + len(text)
        piece = TextPiece(place=self.place, offset=offset, text=text, cut=False, at=datetime.now(UTC))
        await self._live_text.say(piece)


async def texts(messages: AsyncIterator[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    found = list[dict[str, Any]]()
    async with asyncio.timeout(60):
        while len(found) < count:
            message = await anext(messages)
            if message["event"] == "step.text":
                found.append(message)
    return found


def read(found: list[dict[str, Any]]) -> list[tuple[int, str]]:
    return [(message["data"]["data"]["offset"], message["data"]["data"]["text"]) for message in found]


async def test_who_comes_in_the_middle_gets_the_beginning_and_then_the_rest(
    replica: StreamReplica, live_text: FakeLiveText, runs: StreamedRuns
) -> None:
    run_id = runs.run()
    runs.fill(run_id, 1)
    runs.until_told(run_id)
    speaker = Speaker(live_text, runs, run_id)
    await speaker.say("Five ")
    await speaker.say("penguins")
    async with aclosing(replica.follow(RunSource(runs.tenant.tenant_id, run_id))) as messages:
        assert (await anext(messages))["data"]["seq"] == 1
        first = await texts(messages, 1)
        await speaker.say(" swim.")
        second = await texts(messages, 1)
    assert read(first + second) == [(0, "Five penguins"), (13, " swim.")]
    assert first[0]["data"]["run_id"] == str(run_id)
    assert "id" not in first[0], "a stream that is resumed goes on after what is stored"


async def test_the_text_of_a_run_below_is_in_its_own_stream_and_in_those_above_alone(
    replica: StreamReplica, live_text: FakeLiveText, runs: StreamedRuns
) -> None:
    root = runs.run()
    child, other = runs.run(root), runs.run(root)
    tenant_id = runs.tenant.tenant_id
    async with (
        aclosing(replica.follow(RunSource(tenant_id, root))) as of_root,
        aclosing(replica.follow(RunSource(tenant_id, child))) as of_child,
        aclosing(replica.follow(RunSource(tenant_id, other))) as of_other,
        aclosing(replica.follow(TenantSource(tenant_id))) as of_tenant,
    ):
        await Speaker(live_text, runs, child, root).say("from below")
        await Speaker(live_text, runs, other, root).say("from beside")
        assert sorted(text for _, text in read(await texts(of_root, 2))) == ["from below", "from beside"]
        assert read(await texts(of_child, 1)) == [(0, "from below")]
        assert read(await texts(of_other, 1)) == [(0, "from beside")]
        runs.fill(child, 1)
        assert (await anext(of_tenant))["event"] == "run.running"
        assert (await anext(of_child))["event"] == "run.running"


async def test_a_stream_goes_on_without_text_while_its_place_is_away(
    replica: StreamReplica, live_text: FakeLiveText, runs: StreamedRuns
) -> None:
    run_id = runs.run()
    runs.fill(run_id, 1)
    live_text.away = True
    async with asyncio.timeout(60), aclosing(replica.follow(RunSource(runs.tenant.tenant_id, run_id))) as messages:
        assert (await anext(messages))["data"]["seq"] == 1
        runs.fill(run_id, 1)
        assert (await anext(messages))["data"]["seq"] == 2
