"""The same no-op steps by DBOS, a library for durable workflows: chains, a fan-out, and short workflows under load.

Runs in an environment of its own, which has DBOS and nothing of ours, and prints JSON: for each shape its figure, and
the CPU of this process and of PostgreSQL's for one step. Its argument is the URL of an empty database, which it fills.
"""

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg
from dbos import DBOS

CHAIN, FAN, RUNS, LENGTH, CONCURRENCY = 100, 100, 200, 5, 20

_moments: list[float] = []


@DBOS.step()
async def noop(attempt: int) -> dict[str, int]:
    _moments.append(time.perf_counter())
    return {"attempt": attempt}


@DBOS.workflow()
async def chain(length: int) -> int:
    for _ in range(length):
        await noop(1)
    return length


@DBOS.workflow()
async def fan_out(width: int) -> int:
    await asyncio.gather(*(noop(1) for _ in range(width)))
    return width


class Meter:
    """The CPU of this process and of the server's processes that serve this database."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)

    def look(self) -> tuple[float, float]:
        rows = self._connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
        return time.process_time() * 1000, sum(_cpu_ms(row[0]) for row in rows)


def _cpu_ms(pid: int) -> float:
    """The processor time that Linux counts for a process with one thread, in milliseconds."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6


async def measured(meter: Meter, steps: int, work: Callable[[], Awaitable[Any]]) -> tuple[float, dict[str, float]]:
    """The seconds that the work took, and what one of its steps cost."""
    own, server = meter.look()
    began = time.perf_counter()
    await work()
    seconds = time.perf_counter() - began
    own_after, server_after = meter.look()
    return seconds, {
        "cpu_process_ms": round((own_after - own) / steps, 3),
        "cpu_postgres_ms": round((server_after - server) / steps, 3),
    }


async def all_runs() -> None:
    places = asyncio.Semaphore(CONCURRENCY)

    async def one() -> None:
        async with places:
            await chain(LENGTH)

    await asyncio.gather(*(one() for _ in range(RUNS)))


async def measure(url: str) -> dict[str, dict[str, float]]:
    meter = Meter(url)
    await fan_out(40)
    await chain(10)
    _moments.clear()
    _, chain_costs = await measured(meter, CHAIN, lambda: chain(CHAIN))
    gaps = [later - earlier for earlier, later in pairwise(_moments)]
    wall, fan_costs = await measured(meter, FAN, lambda: fan_out(FAN))
    seconds, load_costs = await measured(meter, RUNS * LENGTH, all_runs)
    return {
        "chain": {"step_ms": round(statistics.median(gaps) * 1000, 3), **chain_costs},
        "fan_out": {"wall_ms": round(wall * 1000, 1), **fan_costs},
        "load": {"steps_per_second": round(RUNS * LENGTH / seconds, 1), **load_costs},
    }


def main() -> None:
    url = sys.argv[1]
    DBOS(
        config={
            "name": "bench",
            "system_database_url": url.replace("postgresql://", "postgresql+psycopg://", 1),
            "log_level": "ERROR",
        }
    )
    DBOS.launch()
    try:
        json.dump(asyncio.run(measure(url)), sys.stdout)
    finally:
        DBOS.destroy()


if __name__ == "__main__":
    main()
