"""Measures what a sandbox costs more than a plain process, in turn and in the same run; prints JSON.

`ready` is the time until the first process in a new sandbox waits for a job; `cold` the time until the job of a new
sandbox has ended, its files are saved and no process is left; `warm` the same for a sandbox that was ready before.
`first_byte` is when the first output is there; the tool `browser` has none, as it prints nothing before its result.
`browser` is a call of that tool, which goes to a page, extracts it and takes its picture, beside a program with
Playwright as it comes that does the same to the same page, without a sandbox and without a proxy.

`ratios` are of pairs, each measured one after the other: the median of their quotients, and of what cold takes more.
`launcher` are jobs through a launcher, submitted over HTTP: cold without any runner that waits, warm with two of each
kind, and how many end in a second with four at once. `memory_mib` is the most that the programs hold together.
`egress` is a job's proxy beside a direct connection (`sandbox_parts/egress.py`).
"""

import argparse
import asyncio
from pathlib import Path

from sandbox_parts.cases import Case, cases
from sandbox_parts.egress import measure_egress
from sandbox_parts.launched import AT_ONCE, a_launcher, plain_a_second
from sandbox_parts.once import Seconds, boxed, in_mib, plain, plain_memory
from support.figures import machine, median, milliseconds, progress, publish
from tool_runtime.launcher.settings import default_sandbox_root
from tool_runtime.sandbox import assets

GOALS = {
    ("python", "warm_to_plain"): 1.5,
    ("node", "warm_to_plain"): 1.5,
    ("browser", "warm_to_plain"): 1.4,
    ("python", "cold_more_ms"): 40.0,
    ("node", "cold_more_ms"): 40.0,
}
_LAUNCHED = ("python", "node", "browser")
_SPARE = 2
_JOBS = 40
_SMALL, _BULK = 200, 6
_HEAVY_ROUNDS = 3
"""Of the browser through a launcher: one call takes as long as twenty programs."""


async def measured(case: Case, installed: assets.SandboxAssets, rounds: int) -> dict[str, object]:
    """Of one case: seconds by their part, ratios of pairs, memory."""
    pairs: list[Seconds] = []
    memory = 0
    for turn in range(rounds + 1):
        seconds, held = await boxed(case, installed)
        memory = max(memory, held)
        pair = {**await plain(case), **seconds}
        if turn:  # The first round fills caches.
            pairs.append(pair)
    ratios = {
        "warm_to_plain": median([pair["warm"] / pair["plain"] for pair in pairs], 2),
        "cold_more_ms": median([(pair["cold"] - pair["plain"]) * 1000 for pair in pairs], 1),
    }
    return {
        **{part: milliseconds([pair[part] for pair in pairs], 50, 95) for part in pairs[0]},
        "ratios": ratios,
        "memory_mib": {"plain": in_mib(await plain_memory(case)), "sandbox": in_mib(memory)},
    }


async def through_a_launcher(root: Path, known: dict[str, Case], rounds: int) -> dict[str, object]:
    places = [case.place for case in known.values() if case.place]
    report: dict[str, object] = {}
    for name, spare in (("cold", 0), ("warm", _SPARE)):
        progress(f"sandbox: through a launcher, {name} …")
        async with a_launcher(root, spare=spare, places=places) as launched:
            report[name] = {
                kind: milliseconds(
                    await launched.one_by_one(known[kind], _HEAVY_ROUNDS if kind == "browser" else rounds), 50, 95
                )
                for kind in _LAUNCHED
            }
            if spare:
                ended = {kind: await launched.a_second(known[kind], _JOBS) for kind in ("python", "node")}
    bare = {kind: await plain_a_second(known[kind], _JOBS) for kind in ended}
    report["jobs_a_second"] = {
        kind: {"at_once": AT_ONCE, "launcher": round(value, 1), "plain": round(bare[kind], 1)}
        for kind, value in ended.items()
    }
    return report


async def measure(root: Path, rounds: int) -> dict[str, object]:
    installed = assets.install(root)
    with cases(installed) as known:
        report: dict[str, object] = {}
        reached = {}
        for name, case in known.items():
            progress(f"sandbox: {name} …")
            report[name] = of_case = await measured(case, installed, rounds)
            reached[name] = of_case["ratios"]
        report["launcher"] = await through_a_launcher(root, known, rounds)
    report["goals"] = {
        f"{name} {ratio}": {"value": value, "at_most": goal, "met": value <= goal}
        for (name, ratio), goal in GOALS.items()
        if isinstance(ratios := reached[name], dict) and isinstance(value := ratios[ratio], float)
    }
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--sandbox-root", type=Path, default=default_sandbox_root())
    given = parser.parse_args()
    report = asyncio.run(measure(given.sandbox_root, given.rounds))
    report["egress"] = measure_egress(small=_SMALL, bulk=_BULK)
    publish("sandbox", {**report, "rounds": given.rounds, "machine": machine()})


if __name__ == "__main__":
    main()
