"""Measures runs of no-op steps on the running stack: start, total time, throughput, and CPU a step of each part.

The calls of AWS are all that LocalStack answers in that time, including the long polls of an idle worker.
"""

import argparse
import asyncio
import re
import time
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import psycopg

from support.figures import load, machine, milliseconds, progress, publish
from support.parts import cpu_seconds, parts_of
from support.settings import BenchSettings
from support.tenant import Tenant, new_tenant

LOG = Path(__file__).parents[1] / ".local" / "logs" / "localstack-workflow.log"
_ENDED = {"COMPLETED", "FAILED", "BUDGET_EXCEEDED", "CANCELLED", "TIMED_OUT"}
_CALL = re.compile(rb"localstack\.request\.aws\s*: AWS (sqs|stepfunctions|lambda)\.(\w+)")
_BESIDE_STEPS = {"DescribeExecution", "GetQueueAttributes", "StartExecution", "GetQueueUrl"}
_LOOK_SECONDS, _LONGEST_SECONDS = 0.05, 120


class Bench:
    """The API as one tenant, and the database, which has the times of events."""

    def __init__(self, session: aiohttp.ClientSession, settings: BenchSettings, tenant: Tenant) -> None:
        self._session = session
        self._api = settings.api_url.rstrip("/") + "/api/v1"
        self._tenant = tenant
        self._database = psycopg.connect(settings.database_url.get_secret_value(), autocommit=True)

    async def task(self, length: int) -> str:
        steps = [{"name": f"s{n}", "kind": "noop", "needs": [f"s{n - 1}"] if n else []} for n in range(length)]
        body = await self._post("/tasks", {"name": f"bench-{uuid4().hex[:12]}", "steps": steps})
        return str(body["id"])

    async def start(self, task_id: str) -> str:
        return str((await self._post("/runs", {"task_id": task_id}))["id"])

    async def ended(self, run_ids: list[str]) -> None:
        """Return when all runs are COMPLETED."""
        deadline = time.monotonic() + _LONGEST_SECONDS
        while time.monotonic() < deadline:
            rows = self._database.execute("SELECT status FROM runs WHERE run_id = ANY(%s)", [run_ids]).fetchall()
            states = Counter(row[0] for row in rows)
            if sum(count for state, count in states.items() if state in _ENDED) == len(run_ids):
                if states["COMPLETED"] != len(run_ids):
                    raise RuntimeError(f"not all runs completed: {dict(states)}")
                return
            await asyncio.sleep(_LOOK_SECONDS)
        raise RuntimeError(f"runs have not ended after {_LONGEST_SECONDS} s")

    def seconds(self, run_ids: list[str], since: str, until: str) -> list[float]:
        """The seconds from a run's first event of one type to its first of another, for each run."""
        rows = self._database.execute(
            """SELECT min(at) FILTER (WHERE type = %s), min(at) FILTER (WHERE type = %s)
               FROM run_events WHERE run_id = ANY(%s::uuid[]) GROUP BY run_id""",
            [since, until, run_ids],
        ).fetchall()
        return [(end - begin).total_seconds() for begin, end in rows]

    def span(self, run_ids: list[str]) -> float:
        """The seconds from the creation of the first run to the end of the last one."""
        row = self._database.execute(
            "SELECT min(created_at), max(ended_at) FROM runs WHERE run_id = ANY(%s::uuid[])", [run_ids]
        ).fetchone()
        assert row is not None  # noqa: S101 - an aggregate always has its row
        first: datetime = row[0]
        last: datetime = row[1]
        return (last - first).total_seconds()

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        async with self._session.post(self._api + path, json=body, headers=self._tenant.headers) as answer:
            if answer.status != 201:
                raise RuntimeError(f"{path}: {answer.status} {await answer.text()}")
            return dict(await answer.json())


class AwsCalls:
    """Counts the requests in LocalStack's log from now on."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._from = log.stat().st_size

    def made(self) -> Counter[str]:
        with self._log.open("rb") as file:
            file.seek(self._from)
            calls = _CALL.findall(file.read())
        return Counter(f"{service.decode()}.{operation.decode()}" for service, operation in calls)


def _calls_a_step(calls: Counter[str], steps: int) -> dict[str, float]:
    """The worker's calls a step: receive, delete and send of SQS, and the callbacks."""
    of_steps = {name: count for name, count in calls.items() if name.partition(".")[2] not in _BESIDE_STEPS}
    return {name: round(count / steps, 3) for name, count in sorted(of_steps.items())}


async def one_after_the_other(bench: Bench, runs: int) -> dict[str, object]:
    task_id = await bench.task(3)
    ids = []
    for _ in range(runs):
        ids.append(await bench.start(task_id))
        await bench.ended(ids[-1:])
    return {
        "runs": runs,
        "steps": 3,
        "start_to_first_step_ms": milliseconds(bench.seconds(ids, "run.created", "step.running"), 50, 95),
        "start_to_end_ms": milliseconds([bench.span([run_id]) for run_id in ids], 50, 95),
    }


async def at_once(bench: Bench, settings: BenchSettings, *, runs: int, length: int, log: Path) -> dict[str, object]:
    task_id = await bench.task(length)
    parts, calls = parts_of(settings), AwsCalls(log)
    before = cpu_seconds(parts)
    ids = list(await asyncio.gather(*(bench.start(task_id) for _ in range(runs))))
    await bench.ended(ids)
    spent = {name: after - before[name] for name, after in cpu_seconds(parts).items()}
    steps = runs * length
    by_part = {name: round(seconds / steps * 1000, 2) for name, seconds in spent.items()}
    return {
        "runs": runs,
        "steps": length,
        "steps_per_second": round(steps / bench.span(ids), 1),
        "start_to_first_step_ms": milliseconds(bench.seconds(ids, "run.created", "step.running"), 50, 95),
        "cpu_ms_a_step": {**by_part, "all": round(sum(spent.values()) / steps * 1000, 2)},
        "aws_calls_a_step": _calls_a_step(calls.made(), steps),
    }


async def measure(settings: BenchSettings, *, runs: int, log: Path) -> dict[str, object]:
    async with aiohttp.ClientSession() as session:
        bench = Bench(session, settings, new_tenant(settings))
        warm = [await bench.start(await bench.task(2))]
        await bench.ended(warm)
        progress(f"stack: {runs} runs one after the other")
        calm = await one_after_the_other(bench, runs)
        progress(f"stack: {runs} runs at once")
        chain = await at_once(bench, settings, runs=1, length=20, log=log)
        loaded = await at_once(bench, settings, runs=runs, length=5, log=log)
    return {"one_after_the_other": calm, "a_chain_of_20": chain, "at_once": loaded}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--localstack-log", type=Path, default=LOG)
    given = parser.parse_args()
    began = load()
    report = asyncio.run(measure(BenchSettings(), runs=given.runs, log=given.localstack_log))
    publish("stack", {**report, "machine": machine(), "load_before": began})


if __name__ == "__main__":
    main()
