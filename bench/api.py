"""Measures the API's latency at a given rate; a request is sent when it is due, even if earlier ones are unanswered.

For comparison it measures a refusal without credentials at the same rate, which shows what the framework costs, and
GET /health at a tenth of it, because that calls Step Functions. Latency begins when a request was due.
"""

import argparse
import asyncio
import random

import aiohttp

from support.figures import load, machine, progress, publish
from support.open_loop import Call, OpenLoop
from support.settings import BenchSettings
from support.tenant import Tenant, new_task, new_tenant

_SHARES = {"GET run": 70, "GET runs": 20, "POST run": 10}
_SEED = 7


async def _prepared(session: aiohttp.ClientSession, api: str, tenant: Tenant) -> tuple[str, list[str]]:
    """Make a task of one no-op step, and runs of it to be read."""
    task_id = await new_task(session, api, tenant)
    run_ids = []
    for _ in range(20):
        async with session.post(f"{api}/runs", json={"task_id": task_id}, headers=tenant.headers) as answer:
            answer.raise_for_status()
            run_ids.append(str((await answer.json())["id"]))
    return task_id, run_ids


async def measure(settings: BenchSettings, *, per_second: float, seconds: float) -> dict[str, object]:
    root = settings.api_url.rstrip("/")
    api, tenant, chance = f"{root}/api/v1", new_tenant(settings), random.Random(_SEED)
    timeout = aiohttp.ClientTimeout(total=10)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=timeout) as session:
        task_id, run_ids = await _prepared(session, api, tenant)
        kinds = {
            "GET run": lambda: Call("GET run", "GET", f"{api}/runs/{chance.choice(run_ids)}", 200, tenant.headers),
            "GET runs": lambda: Call("GET runs", "GET", f"{api}/runs?limit=20", 200, tenant.headers),
            "POST run": lambda: Call("POST run", "POST", f"{api}/runs", 201, tenant.headers, {"task_id": task_id}),
        }

        def mixed() -> Call:
            return kinds[chance.choices(list(_SHARES), weights=list(_SHARES.values()))[0]]()

        loop = OpenLoop(session)
        refused = Call("GET without credentials", "GET", f"{api}/runs", 401, {})
        health = Call("GET health", "GET", f"{root}/health", 200, {})
        report: dict[str, object] = {}
        for name, call, pace, lasts in (
            ("floor", lambda: refused, per_second, seconds / 4),
            ("health", lambda: health, per_second / 10, seconds / 4),
            ("mixed", mixed, per_second, seconds),
        ):
            progress(f"api: {name}, {pace:g} a second for {lasts:g} s")
            report[name] = await loop.drive(call, per_second=pace, seconds=lasts)
    return {**report, "shares_percent": _SHARES}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--per-second", type=float, default=50)
    parser.add_argument("--seconds", type=float, default=20)
    given = parser.parse_args()
    began = load()
    report = asyncio.run(measure(BenchSettings(), per_second=given.per_second, seconds=given.seconds))
    publish("api", {**report, "machine": machine(), "load_before": began})


if __name__ == "__main__":
    main()
