"""`make load`: the API with a million runs in its tables, on a whole stack of its own that is deleted afterwards.

First every read alone at a steady rate, then a mix of them, new runs, and a thousand readers of one stream of events.
Beside each, at the same rate, stands a refusal without credentials: what the framework costs on this machine now.
Half of the runs are one tenant's. Latency begins when a request was due, so a queue before the API counts.
"""

import argparse
import asyncio
import random
import subprocess
import sys
import time
from functools import partial
from uuid import UUID

import aiohttp
import psycopg

from load_parts.event_readers import Readers
from load_parts.many_rows import TASKS, fill, settle
from load_parts.own_stack import own_stack
from load_parts.reads import Ground
from load_parts.starts import Starts, short
from support.figures import load, machine, milliseconds, progress, publish
from support.open_loop import Call, OpenLoop
from support.parts import parts_of
from support.settings import BenchSettings
from support.tenant import Tenant, new_task, new_tenant

_SEED = 7
_SMALL_TENANTS = 20
_READS_EACH_SECONDS = 6.0
_READ_GOAL_P95_MS = 15.0
_POST_GOAL_P95_MS = 30.0
_EVENT_RUNS = 10
_EVENTS_WITHIN_SECONDS = 120.0


async def _ground(session: aiohttp.ClientSession, settings: BenchSettings, runs: int) -> Ground:
    """The large tenant with half of the runs, and small ones with the others."""
    root, database = settings.api_url.rstrip("/"), settings.database_url.get_secret_value()
    tenants = [new_tenant(settings) for _ in range(_SMALL_TENANTS + 1)]
    counts = [runs // 2] + [runs // 2 // _SMALL_TENANTS] * _SMALL_TENANTS
    tasks = [[await new_task(session, f"{root}/api/v1", tenant) for _ in range(TASKS)] for tenant in tenants]
    for place, (tenant, count, task_ids) in enumerate(zip(tenants, counts, tasks, strict=True)):
        progress(f"full_tables: tenant {place + 1} of {len(tenants)}, {count} runs")
        await asyncio.to_thread(_filled, database, tenant, task_ids, count)
    await asyncio.to_thread(settle, database)
    with psycopg.connect(database) as connection:
        found = connection.execute(
            "SELECT run_id FROM runs WHERE tenant_id = %s ORDER BY hashtext(run_id::text) LIMIT 2000",
            [tenants[0].tenant_id],
        ).fetchall()
    return Ground(root, tenants[0], tasks[0], [str(run_id) for (run_id,) in found])


def _filled(database: str, tenant: Tenant, task_ids: list[str], count: int) -> None:
    with psycopg.connect(database) as connection:
        row = connection.execute("SELECT user_id FROM memberships WHERE tenant_id = %s", [tenant.tenant_id]).fetchone()
    if row is None:
        raise RuntimeError("the tenant has no member")
    fill(database, tenant.tenant_id, row[0], [UUID(one) for one in task_ids], runs=count)


async def _reads(loop: OpenLoop, ground: Ground, *, per_second: float) -> dict[str, object]:
    """Each read alone, then all of them mixed."""
    kinds, report = ground.reads(), dict[str, object]()
    refused = Call("floor", "GET", f"{ground.api}/runs", 401, {})
    progress(f"full_tables: reads at {per_second:g} a second")
    report["floor"] = short(await loop.drive(lambda: refused, per_second=per_second, seconds=_READS_EACH_SECONDS))
    for name, path in kinds.items():
        one = await loop.drive(partial(ground.drawn, name, path), per_second=per_second, seconds=_READS_EACH_SECONDS)
        report[name] = short(one)
        progress(f"full_tables: {name}: {report[name]}")
    chance, names = random.Random(_SEED), list(kinds)

    def mixed() -> Call:
        name = chance.choice(names)
        return ground.drawn(name, kinds[name])

    report["mixed"] = short(await loop.drive(mixed, per_second=per_second, seconds=5 * _READS_EACH_SECONDS))
    return report


async def _fan_out(session: aiohttp.ClientSession, settings: BenchSettings, *, readers: int) -> dict[str, object]:
    """So many readers of one tenant's events while ten runs go on; what they have is compared with what is stored."""
    progress(f"full_tables: {readers} readers of one stream")
    api, tenant = f"{settings.api_url.rstrip('/')}/api/v1", new_tenant(settings)
    service = parts_of(settings)["control_plane"]
    before = service.memory_info().rss
    follow = Readers(session, f"{api}/events", tenant.headers, readers)
    opened = await follow.open(within_seconds=_EVENTS_WITHIN_SECONDS)
    task_id = await new_task(session, api, tenant)
    for _ in range(_EVENT_RUNS):
        async with session.post(f"{api}/runs", json={"task_id": task_id}, headers=tenant.headers) as answer:
            answer.raise_for_status()
    stored = await _stored(session, api, tenant)
    arrived = await follow.has(len(stored), within_seconds=_EVENTS_WITHIN_SECONDS)
    delays = [delay for reader in follow.readers for delay in reader.delays]
    report = {
        "readers": readers,
        "opened_in_seconds": round(opened, 2),
        "events": len(stored),
        "all_arrived": arrived,
        "with_exactly_what_is_stored": sum(reader.ids == stored for reader in follow.readers),
        "ended_early": sum(reader.ended is not None for reader in follow.readers),
        "delay_ms": milliseconds(delays, 50, 95, 99),
        "kb_a_reader": round((service.memory_info().rss - before) / 1024 / readers, 1),
    }
    await follow.close()
    return report


async def _stored(session: aiohttp.ClientSession, api: str, tenant: Tenant) -> list[str]:
    """The ids of all events of the tenant, once all of its runs have ended."""
    until = time.monotonic() + _EVENTS_WITHIN_SECONDS
    while time.monotonic() < until:
        async with session.get(f"{api}/runs?limit=100", headers=tenant.headers) as answer:
            if all(run["ended_at"] for run in (await answer.json())["items"]):
                break
        await asyncio.sleep(0.5)
    found: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": "100", **({"cursor": cursor} if cursor else {})}
        async with session.get(f"{api}/events", params=query, headers=tenant.headers) as answer:
            page = await answer.json()
        found += [str(event["id"]) for event in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            return found


async def measure(settings: BenchSettings, *, runs: int, per_second: float, readers: int) -> dict[str, object]:
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=30)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=timeout) as session:
        ground = await _ground(session, settings, runs)
        loop = OpenLoop(session)
        reads = await _reads(loop, ground, per_second=per_second)
        fan_out = await _fan_out(session, settings, readers=readers)
        posts = await Starts(loop, ground, settings).measure()
    return {"runs": runs, "reads_per_second": per_second, "reads": reads, "fan_out": fan_out, "posts": posts}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--per-second", type=float, default=300)
    parser.add_argument("--readers", type=int, default=1000)
    parser.add_argument("--here", action="store_true", help="on the stack of the environment; its rows stay")
    given = parser.parse_args()
    if not given.here:
        # A program of its own, because the clients of AWS take their addresses from the environment.
        with own_stack("full_tables") as variables:
            return subprocess.run(
                [sys.executable, __file__, *sys.argv[1:], "--here"], env=variables, check=False
            ).returncode
    began = load()
    report = asyncio.run(measure(BenchSettings(), runs=given.runs, per_second=given.per_second, readers=given.readers))
    goals = {"reads_p95_ms": _READ_GOAL_P95_MS, "posts_p95_ms": _POST_GOAL_P95_MS}
    publish("full_tables", {**report, "goals": goals, "machine": machine(), "load_before": began})
    return 0


if __name__ == "__main__":
    sys.exit(main())
