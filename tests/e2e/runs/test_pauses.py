"""A run that is paused and resumed at any moment ends as it would have ended, and each of its effects happens once."""

import json
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fixtures.running.agent_runs import TOOL_CALLS, started, survived
from fixtures.running.stack import ENDED, Member, Stack, new_member

pytestmark = [pytest.mark.stack, pytest.mark.timeout(1500)]

LOG = Path(os.environ.get("LOCKSTEP_LOCAL_DIR", Path(__file__).parents[3] / ".local")) / "logs" / "tool-runtime.log"
SAMPLE, ALL, AT_ONCE = 6, 200, 3


def seeds(count: int) -> range:
    return range(20261128, 20261128 + count)


@pytest.mark.parametrize(
    "count", [pytest.param(SAMPLE, id="sample"), pytest.param(ALL, id="all", marks=pytest.mark.full)]
)
def test_pause_and_resume_at_any_moment_change_no_outcome_and_double_no_effect(
    stack: Stack, count: int, record_property: Callable[[str, object], None]
) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        pauses = Counter[str]()
        for paused in pool.map(lambda seed: _disturbed(stack, seed), seeds(count)):
            pauses.update(paused)
    by_whom = ", ".join(f"{often} times {by}" for by, often in pauses.items())
    record_property("sample", f"{count} runs from seed {seeds(count)[0]}, paused {by_whom}")
    assert pauses["by a person"], "no run was disturbed"


def _disturbed(stack: Stack, seed: int) -> Counter[str]:
    """Runs one run to its end with pauses at seeded moments; how often it was paused, and by what."""
    chance, owner, pauses = random.Random(seed), new_member(stack), Counter[str]()
    run_id = started(owner)["id"]
    for _ in range(chance.randint(1, 3)):
        _after_events(owner, run_id, chance.randint(0, 8))
        by = chance.choice(["by a person", "by a person", "by a budget"])
        paused = _paused_by_a_person(owner, run_id) if by == "by a person" else _paused_by_a_budget(owner, run_id)
        pauses[by] += paused
        if paused and chance.random() < 0.5:
            # What was claimed has ended: the resumed generation finds nothing in flight.
            owner.until(lambda: all(step["status"] != "RUNNING" for step in owner.steps(run_id).values()))
        _resumed(owner, run_id)
    owner.until(lambda: owner.run(run_id)["status"] in ENDED or _resumed(owner, run_id), seconds=120)
    survived(stack, owner, run_id)
    steps = owner.steps(run_id)
    assert {name: step["attempt"] for name, step in steps.items()} == dict.fromkeys(steps, 1), (seed, steps)
    jobs = Counter(line["job_id"] for line in _jobs_started(run_id))
    assert (len(jobs), set(jobs.values())) == (TOOL_CALLS + 1, {1}), (seed, jobs)
    return pauses


def _after_events(owner: Member, run_id: str, count: int) -> None:
    """Returns when the run has come that many events further, or has ended."""
    with owner.stack.superuser() as connection:

        def come() -> int:
            row = connection.execute("SELECT last_seq FROM runs WHERE run_id = %s", [run_id]).fetchone()
            assert row is not None
            return int(row[0])

        wanted = come() + count
        owner.until(lambda: come() >= wanted or owner.run(run_id)["status"] in ENDED)


def _paused_by_a_person(owner: Member, run_id: str) -> bool:
    with owner.api() as api:
        return api.post(f"/runs/{run_id}/pause").status_code == 200


def _paused_by_a_budget(owner: Member, run_id: str) -> bool:
    """A budget of the tenant that is spent already; lifted again once the run has met it, or has ended without."""
    path = f"/budgets/tenant/{owner.tenant_id}/total"
    with owner.api() as api:
        api.put(path, json={"limit_tokens": 1}).raise_for_status()
        owner.until(lambda: owner.run(run_id)["status"] in {*ENDED, "PAUSED"}, seconds=60)
        api.delete(path).raise_for_status()
    return bool(owner.run(run_id)["status"] == "PAUSED")


def _resumed(owner: Member, run_id: str) -> bool:
    """False: a run that goes on has not ended yet."""
    if owner.run(run_id)["status"] == "PAUSED":
        with owner.api() as api:
            # 409 when somebody else has resumed it: the sweeper, of a run that waited for its budget.
            assert api.post(f"/runs/{run_id}/resume").status_code in {200, 409}
    return False


def _jobs_started(run_id: str) -> Iterator[dict[str, str]]:
    with LOG.open(encoding="utf-8") as file:
        for text in file:
            if run_id in text and '"job started"' in text:
                yield json.loads(text)
