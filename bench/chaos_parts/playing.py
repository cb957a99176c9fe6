"""Chaos from its beginning to its verdict: runs go on while things die, everything settles, and promises are judged."""

import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from chaos_parts.deaths import schedule
from chaos_parts.deaths.doomed import Doomed, short_lived
from chaos_parts.deaths.schedule import Striking
from chaos_parts.deaths.victims import NAMES, SERVICES, victims
from chaos_parts.ground import Ground
from chaos_parts.judging.aftermath import Aftermath, Finding
from chaos_parts.judging.effects import Effects
from chaos_parts.judging.leftovers import LEFTOVERS
from chaos_parts.judging.money import Invoice, MoneyWatch
from chaos_parts.judging.promises import OF_MONEY, OF_RUNS
from chaos_parts.load import Load
from chaos_parts.people import People
from orchestrator.failpoints import PLACES
from supervisor.processes import pid_files
from supervisor.settings import ROOT, Settings
from support.settings import BenchSettings
from support.tenant import new_tenant

_TURN_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Plan:
    """`between` are the seconds from one stroke to the next; `settle` is how long settling may take.

    Runs go on for `seconds`, and for a while longer until `doomed_least` workers have died at a failpoint.
    """

    seed: int
    seconds: float
    runs: int
    at_once: int = 8
    left_alone: int = 2
    names: Sequence[str] = NAMES
    between: tuple[float, float] = (4, 12)
    doomed_at_once: int = 2
    doomed_least: int = 0
    places: Sequence[str] = PLACES
    doomed_seconds: float = 45
    settle: float = 600


@dataclass(slots=True)
class Took:
    """The seconds of each part, one after the other."""

    seconds: dict[str, float] = field(default_factory=dict)
    _since: float = field(default_factory=time.monotonic)

    def so_far(self, part: str) -> None:
        now = time.monotonic()
        self.seconds[part], self._since = round(now - self._since, 1), now


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays; each draws from a sequence of its own, so that one does not change what another draws."""

    load: Load
    people: People
    striking: Striking
    doomed: Doomed
    watch: MoneyWatch
    effects: Effects

    @classmethod
    def of(cls, plan: Plan, ground: Ground) -> "Cast":
        chance, paths = random.Random(plan.seed), ground.paths
        load = Load(ground, random.Random(chance.random()), plan.runs, plan.at_once, plan.left_alone)
        people = People(ground, load, random.Random(chance.random()))
        who = victims(paths, plan.names)
        strokes = schedule.drawn(random.Random(chance.random()), who, seconds=plan.seconds, between=plan.between)
        doomed = Doomed(
            short_lived(pid_files.find(paths)[SERVICES["worker"]]),
            paths.logs / "doomed-worker",
            random.Random(chance.random()),
            plan.doomed_seconds,
            plan.doomed_at_once,
            plan.places,
        )
        striking = Striking(strokes, random.Random(chance.random()))
        invoice = Invoice(paths.state / "simulated-provider" / "invoice.jsonl")
        watch = MoneyWatch(ground, invoice, lambda: list(load.played))
        return cls(load, people, striking, doomed, watch, Effects(paths.logs / "tool-runtime.log"))


def play(plan: Plan, *, each_minute: Callable[[Load], None] = lambda _: None) -> dict[str, Any]:
    """What happened and what was found, as JSON; `broken` is empty when every promise held."""
    settings, stack = BenchSettings(), Settings()
    tenant = new_tenant(settings, seconds=plan.seconds + plan.settle + 3_600)
    ground = Ground(settings, stack.paths, tenant, settings.redis_url.get_secret_value())
    cast, took = Cast.of(plan, ground), Took()
    with cast.watch:
        with cast.doomed:
            cast.load.prepare()
            took.so_far("preparing")
            with cast.striking:
                _go_on(plan, cast, each_minute=each_minute)
        took.so_far("deaths")
        after = Aftermath(ground, cast.load, cast.watch, cast.effects)
        has_settled = _settle(after, cast.people, seconds=plan.settle)
        took.so_far("settling")
    reconciled = _reconcile()
    found = {judge.__name__: judge(after) for judge in (*OF_RUNS, *OF_MONEY, *LEFTOVERS)}
    found["the_reconciliation_agrees"] = reconciled
    took.so_far("judging")
    found[decided_runs_complete.__name__] = decided_runs_complete(after, seconds=plan.settle)
    took.so_far("deciding")
    ground.close()
    return {
        "seed": plan.seed,
        "settled": has_settled,
        "seconds": took.seconds,
        **_done(cast),
        "unanswered_requests": ground.unanswered,
        "promises": {name: finding.as_json() for name, finding in found.items()},
        "broken": [name for name, finding in found.items() if finding.broken],
    }


def _done(cast: Cast) -> dict[str, Any]:
    load, people, striking, doomed = cast.load, cast.people, cast.striking, cast.doomed
    return {
        "runs": {"started": dict(load.started), "with forks": len(load.played), "ended": load.statuses()},
        "strokes": {"done": dict(sorted(striking.counted.items())), "missed": striking.missed},
        "workers_died_at": {"places": len(doomed.reached), **dict(sorted(doomed.reached.items()))},
        "workers_killed_elsewhere": doomed.in_vain,
        "people": {"done": dict(sorted(people.done.items())), "refused": dict(sorted(people.refused.items()))},
    }


def _go_on(plan: Plan, cast: Cast, *, each_minute: Callable[[Load], None]) -> None:
    began = time.monotonic()
    end, latest, minutes = began + plan.seconds, began + plan.seconds + plan.doomed_seconds, 0
    while (now := time.monotonic()) < end or (cast.doomed.reached.total() < plan.doomed_least and now < latest):
        if now >= began + 60 * minutes:
            each_minute(cast.load)
            minutes += 1
        cast.load.start_some()
        cast.load.look()
        cast.people.act()
        time.sleep(_TURN_SECONDS)


def _settle(after: Aftermath, people: People, *, seconds: float) -> bool:
    """Until nothing is open and nothing is left; False, and said what is, when that has not come in time."""
    began = time.monotonic()
    last: dict[str, Sequence[str]] = {}
    while time.monotonic() < began + seconds:
        after.load.look()
        people.act(settling=True)
        if not after.load.open:
            last = _left(after)
            if not last:
                return True
        time.sleep(_TURN_SECONDS)
    for run in after.load.open:
        explained = after.ground.read(f"/runs/{run.run_id}/explain") or {"summary": "not explained"}
        print(f"{run.run_id} ({run.name}) is {run.status}: {explained['summary']}", file=sys.stderr)
    for name, broken in last.items():
        print(f"{name}: not so, {'; '.join(broken[:5])}", file=sys.stderr)
    return False


def _left(after: Aftermath) -> dict[str, Sequence[str]]:
    """The leftovers that are still there; a part of the stack that is not back yet is one."""
    left: dict[str, Sequence[str]] = {}
    for judge in LEFTOVERS:
        try:
            finding = judge(after)
        except Exception as error:  # noqa: BLE001 - whatever is not back yet, in the words of its own client
            finding = Finding(0, [f"{type(error).__name__}: {error}"])
        if finding.broken:
            left[judge.__name__] = finding.broken
    return left


def _reconcile() -> Finding:
    """`make reconcile`, which imports the provider's report and says whether ledger and counters agree with it."""
    done = subprocess.run(
        [sys.executable, "-m", "supervisor", "reconcile"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    words = f"exit status {done.returncode}: {done.stdout[-400:]}{done.stderr[-400:]}"
    return Finding(1, [] if done.returncode == 0 else [words])


def decided_runs_complete(after: Aftermath, *, seconds: float) -> Finding:
    """The runs that were left alone go on when somebody decides, although their executions may be long gone."""
    waiting = after.load.waiting_for_people
    pending = after.ground.read("/approvals", params={"status": "pending", "limit": 100}) or {"items": []}
    for request in pending["items"]:
        after.ground.ask("POST", f"/approvals/{request['id']}", json={"decision": "approve"})
    end = time.monotonic() + seconds
    statuses: dict[str, str] = {}
    while time.monotonic() < end and set(statuses.values()) != {"COMPLETED"}:
        time.sleep(_TURN_SECONDS)
        statuses = {run_id: (after.ground.read(f"/runs/{run_id}") or {"status": "?"})["status"] for run_id in waiting}
    broken = [
        f"{run_id} is {status} after its decision" for run_id, status in statuses.items() if status != "COMPLETED"
    ]
    return Finding(len(waiting), broken)
