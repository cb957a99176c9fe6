"""Measures how long it takes to write and to load a checkpoint, compared with one row of the same bytes.

`ours`: the write and the load that go with an agent's turn, of a conversation that grows by two messages a turn.
`baseline`: an INSERT of what a turn adds and a SELECT of the whole conversation as one row, by the same server and
driver, in turn with `ours`. The goals are 5 ms each (p95).
"""

import argparse
import asyncio
import time
from pathlib import Path

from sqlalchemy import text

from foundation.domain.ids import StepId, TaskId
from foundation.storage.execution.checkpoints import reading, recording
from foundation.storage.session.database import Database
from support.figures import load, machine, milliseconds, progress, publish
from support.scratch import Tenancy, chain, database, renamed, scratch_database
from support.settings import BenchSettings

MESSAGE_BYTES = 4000
GOAL_MS = 5
SERVICES = Path(__file__).parents[1] / "services"


class Times:
    """Seconds of each write and each load."""

    def __init__(self) -> None:
        self.write: list[float] = []
        self.load: list[float] = []

    def report(self) -> dict[str, object]:
        return {"write_ms": milliseconds(self.write, 50, 95), "load_ms": milliseconds(self.load, 50, 95)}


async def ours(worker: Database, tenancy: Tenancy, step_id: StepId, *, turn: int, parts: list[bytes]) -> list[float]:
    """One write and one load, each with the transaction around it."""
    began = time.perf_counter()
    async with worker.tenant(tenancy.tenant_id) as tx:
        manifest = await recording.write(
            tx, tenancy.tenant_id, step_id, turn=turn, checkpoint_id=str(turn), parts=parts, metadata={}
        )
    written = time.perf_counter()
    async with worker.tenant(tenancy.tenant_id) as tx:
        await reading.load(tx, tenancy.tenant_id, step_id, expected=manifest)
    return [written - began, time.perf_counter() - written]


async def baseline(owner: Database, tenancy: Tenancy, *, turn: int, new: bytes, whole: bytes) -> list[float]:
    began = time.perf_counter()
    async with owner.tenant(tenancy.tenant_id) as tx:
        await tx.execute(text("INSERT INTO plain (turn, body) VALUES (:turn, :body)"), {"turn": turn, "body": new})
    written = time.perf_counter()
    seconds = written - began
    async with owner.tenant(tenancy.tenant_id) as tx:
        await tx.execute(text("INSERT INTO plain (turn, body) VALUES (-:turn, :body)"), {"turn": turn, "body": whole})
    began = time.perf_counter()
    async with owner.tenant(tenancy.tenant_id) as tx:
        (await tx.execute(text("SELECT body FROM plain WHERE turn = -:turn"), {"turn": turn})).one()
    return [seconds, time.perf_counter() - began]


async def measure(superuser_url: str, worker_url: str, *, steps: int, turns: int) -> dict[str, object]:
    source = "".join(path.read_text() for path in sorted(SERVICES.rglob("*.py"))).encode()
    messages = [source[place : place + MESSAGE_BYTES] for place in range(0, 2 * turns * MESSAGE_BYTES, MESSAGE_BYTES)]
    owner, worker = database(superuser_url, pool_size=2), database(worker_url, pool_size=2)
    times, plain = Times(), Times()
    try:
        async with owner.across_tenants(reason="a benchmark builds what it measures") as tx:
            await tx.execute(text("CREATE TABLE plain (turn int PRIMARY KEY, body bytea NOT NULL)"))
        for number in range(steps):
            progress(f"checkpoints: step {number + 1} of {steps}")
            tenancy = await Tenancy.new(owner)
            definition = chain(1)
            [dispatch] = await tenancy.run(TaskId(await tenancy.task(definition)), definition)
            for turn in range(1, turns + 1):
                parts = [b"state %d" % turn, *messages[: 2 * turn]]
                write, read = await ours(worker, tenancy, dispatch.step_id, turn=turn, parts=parts)
                times.write.append(write)
                times.load.append(read)
                place, new = number * turns + turn, b"".join(parts[-2:])
                write, read = await baseline(owner, tenancy, turn=place, new=new, whole=b"".join(parts))
                plain.write.append(write)
                plain.load.append(read)
    finally:
        await worker.close()
        await owner.close()
    return {
        "steps": steps,
        "turns": turns,
        "longest_conversation_bytes": sum(map(len, messages)),
        "ours": times.report(),
        "baseline": plain.report(),
        "goal_p95_ms": GOAL_MS,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=4, help="each in a tenant of its own")
    parser.add_argument("--turns", type=int, default=100, help="of each; two messages of 4000 bytes a turn")
    given = parser.parse_args()
    settings, before = BenchSettings(), load()
    superuser = settings.database_url.get_secret_value()
    worker = settings.orchestrator_url.get_secret_value()
    with scratch_database(superuser) as name:
        urls = renamed(superuser, name), renamed(worker, name)
        report = asyncio.run(measure(*urls, steps=given.steps, turns=given.turns))
    publish("checkpoints", {"machine": machine(), "load_before": before, **report})


if __name__ == "__main__":
    main()
