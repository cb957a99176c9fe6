"""Measures what a durable no-op step costs without AWS, compared with a library and with the least possible.

`ours`: claim, fence, lease, event, output, outbox and callback, by the worker's own parts (`local_worker`).
`dbos`: the same shapes by DBOS, a library for durable workflows, in its own process (`--peers none` leaves it out).
`baseline`: one transaction with an UPDATE and an INSERT a step, by the same server and driver, in turn with `ours`.
"""

import argparse
import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg
import uvloop

from durable import peer
from foundation.domain.ids import TaskId
from foundation.storage.execution.dispatches import StepDispatch
from peers.base import PeerMissing
from support.figures import load, machine, median, milliseconds, progress, publish
from support.local_worker import LocalWorker, local_worker, telemetry_to_nowhere
from support.scratch import Tenancy, chain, database, fan_out, renamed, scratch_database
from support.settings import BenchSettings

CONCURRENCY, POOL = 20, 8
RUNS, LENGTH = 200, 5


class Counted:
    """Counts the statements and transactions of the worker. What begins a transaction is a statement as well."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()

    def observe(self, statement: str, _: Mapping[str, Any]) -> None:
        self.calls["statements"] += 1
        if statement.startswith("BEGIN"):
            self.calls["transactions"] += 1


class Meter:
    """The CPU of this process and of PostgreSQL's, statements and transactions, between two calls."""

    def __init__(self, superuser: "psycopg.Connection[Any]", counted: Counted) -> None:
        self._superuser = superuser
        self._counted = counted

    def look(self) -> dict[str, float]:
        rows = self._superuser.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
        calls = self._counted.calls
        return {
            "cpu_process_ms": time.process_time() * 1000,
            "cpu_postgres_ms": sum(_cpu_ms(row[0]) for row in rows),
            "statements": calls["statements"],
            "transactions": calls["transactions"],
        }

    @staticmethod
    def per_step(before: dict[str, float], after: dict[str, float], steps: int) -> dict[str, float]:
        return {name: round((after[name] - value) / steps, 3) for name, value in before.items()}


def _cpu_ms(pid: int) -> float:
    """The processor time that Linux counts for a process with one thread, in milliseconds."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6


async def _measured(
    meter: Meter, worker: LocalWorker, dispatches: Sequence[StepDispatch]
) -> tuple[float, list[float], dict[str, float]]:
    """The seconds, the moments of the engine's calls, and the costs of a step."""
    before, calls, seen = meter.look(), worker.queue.calls.copy(), len(worker.engine.at)
    seconds = await worker.work_off(dispatches)
    costs = meter.per_step(before, meter.look(), len(dispatches))
    made = worker.queue.calls - calls
    costs["aws_calls_beside_callback"] = round(made.total() / len(dispatches), 3)
    return seconds, worker.engine.at[seen:], costs


async def ours(meter: Meter, worker: LocalWorker, tenancy: Tenancy) -> dict[str, dict[str, float]]:
    line, fan, short = chain(100), fan_out(100), chain(LENGTH)
    line_task, fan_task, short_task = [await tenancy.task(definition) for definition in (line, fan, short)]

    _, at, line_costs = await _measured(meter, worker, await tenancy.run(TaskId(line_task), line))
    gaps = [later - earlier for earlier, later in pairwise(at)]
    wall, _, fan_costs = await _measured(meter, worker, await tenancy.run(TaskId(fan_task), fan))
    many = [dispatch for _ in range(RUNS) for dispatch in await tenancy.run(TaskId(short_task), short)]
    seconds, _, load_costs = await _measured(meter, worker, many)
    return {
        "chain": {"step_ms": milliseconds(gaps, 50)["p50"], **line_costs},
        "fan_out": {"wall_ms": round(wall * 1000, 1), **fan_costs},
        "load": {"steps_per_second": round(len(many) / seconds, 1), **load_costs},
    }


_UPDATE = "UPDATE bench_steps SET status = 'done', fence = fence + 1 WHERE step_id = %s"
_INSERT = "INSERT INTO bench_events (step_id, data) VALUES (%s, '{\"attempt\": 1}')"


class Baseline:
    """The same steps by one update and one insert each, on connections that are open already."""

    def __init__(self, connections: Sequence["psycopg.AsyncConnection[Any]"]) -> None:
        self._connections = connections

    async def work_off(self, steps: int, *, at_once: int) -> tuple[float, list[float]]:
        left, took = iter(range(steps)), []

        async def work(connection: "psycopg.AsyncConnection[Any]") -> None:
            for step in left:
                began = time.perf_counter()
                async with connection.transaction():
                    await connection.execute(_UPDATE, [step])
                    await connection.execute(_INSERT, [step])
                took.append(time.perf_counter() - began)

        began = time.perf_counter()
        await asyncio.gather(*(work(connection) for connection in self._connections[:at_once]))
        return time.perf_counter() - began, took


async def baseline(meter: Meter, one: Baseline) -> dict[str, dict[str, float]]:
    names: list[tuple[str, int, int, Callable[[float, list[float]], dict[str, float]]]] = [
        ("chain", 100, 1, lambda _, took: {"step_ms": milliseconds(took, 50)["p50"]}),
        ("fan_out", 100, POOL, lambda wall, _: {"wall_ms": round(wall * 1000, 1)}),
        ("load", RUNS * LENGTH, POOL, lambda wall, took: {"steps_per_second": round(len(took) / wall, 1)}),
    ]
    report = {}
    for name, steps, at_once, figure in names:
        before = meter.look()
        wall, took = await one.work_off(steps, at_once=at_once)
        costs = meter.per_step(before, meter.look(), steps)
        report[name] = {**figure(wall, took), **{key: costs[key] for key in ("cpu_process_ms", "cpu_postgres_ms")}}
    return report


async def measure(settings: BenchSettings, rounds: int, *, with_peer: bool) -> dict[str, object]:
    telemetry_to_nowhere()
    superuser = settings.database_url.get_secret_value()
    with scratch_database(superuser) as name:
        urls = [renamed(url.get_secret_value(), name) for url in (settings.orchestrator_url, settings.relay_url)]
        durable, baselines, peers = [], [], []
        with psycopg.connect(renamed(superuser, name), autocommit=True) as connection:
            connection.execute(
                """CREATE TABLE bench_steps (step_id int PRIMARY KEY, status text, fence bigint);
                   CREATE TABLE bench_events (id bigserial PRIMARY KEY, step_id int, data jsonb);
                   INSERT INTO bench_steps SELECT n, 'queued', 0 FROM generate_series(0, 999) n"""
            )
            counted = Counted()
            meter = Meter(connection, counted)
            owner = database(renamed(superuser, name), pool_size=2)
            tenancy = await Tenancy.new(owner)
            plain = [
                await psycopg.AsyncConnection.connect(renamed(superuser, name), autocommit=True) for _ in range(POOL)
            ]
            async with local_worker(*urls, concurrency=CONCURRENCY, pool_size=POOL, observe=counted.observe) as worker:
                warm = fan_out(40)
                await worker.work_off(await tenancy.run(TaskId(await tenancy.task(warm)), warm))
                for turn in range(rounds):
                    progress(f"steps: round {turn + 1} of {rounds}")
                    baselines.append(await baseline(meter, Baseline(plain)))
                    if with_peer:
                        peers.append(await peer.one_round(superuser))
                    durable.append(await ours(meter, worker, tenancy))
            for opened in plain:
                await opened.close()
            await owner.close()
    return _report(durable, baselines, peers)


Shapes = dict[str, dict[str, float]]


def _report(durable: list[Shapes], baselines: list[Shapes], peers: list[Shapes]) -> dict[str, object]:
    own, base = _medians(durable), _medians(baselines)
    report: dict[str, object] = {"ours": own, "baseline": base, "ours_to_baseline": _ratios(own, base)}
    if peers:
        other = _medians(peers)
        report |= {"dbos": other, "ours_to_dbos": _ratios(own, other)}
    return report


def _medians(rounds: list[Shapes]) -> Shapes:
    shapes = {
        shape: {name: median([one[shape][name] for one in rounds]) for name in figures}
        for shape, figures in rounds[0].items()
    }
    for figures in shapes.values():
        figures["cpu_ms"] = round(figures["cpu_process_ms"] + figures["cpu_postgres_ms"], 3)
    return shapes


def _ratios(own: Shapes, other: Shapes) -> Shapes:
    return {
        shape: {name: round(own[shape][name] / value, 2) for name, value in figures.items() if value}
        for shape, figures in other.items()
    }


def _peer_is_there() -> bool:
    try:
        peer.prepare()
    except PeerMissing as reason:
        progress(f"steps: without DBOS: {reason}")
        return False
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", choices=["all", "none"], default="all", help="whether DBOS is measured as well")
    given = parser.parse_args()
    with_peer = given.peers == "all" and _peer_is_there()
    began = load()
    report = uvloop.run(measure(BenchSettings(), given.rounds, with_peer=with_peer))
    shape = {"rounds": given.rounds, "concurrency": CONCURRENCY, "pool": POOL, "load": f"{RUNS} runs of {LENGTH} steps"}
    publish("steps", {**report, **shape, "machine": machine(), "load_before": began})


if __name__ == "__main__":
    main()
