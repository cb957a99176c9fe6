"""Everything dies at random while runs of all kinds go on, as `make chaos` has it: every promise holds afterwards."""

import json
from collections.abc import Callable

import pytest

from chaos_parts.playing import Plan, play

pytestmark = [pytest.mark.stack, pytest.mark.serial, pytest.mark.timeout(1_200)]

# Who is back within seconds, and places after which a step is: the other workers' leases and those of the relays last
# longer, and so do the returns of PostgreSQL and Step Functions.
_SHORT = Plan(
    seed=1,
    seconds=6,
    runs=10,
    left_alone=1,
    names=("gateway", "launcher", "control-plane", "lambdas", "redis"),
    between=(0.8, 1.8),
    doomed_at_once=1,
    doomed_least=1,
    doomed_seconds=30,
    places=("claimed", "ran", "tool.after_submit", "finished.before_commit", "turn.before_commit"),
    settle=180,
)


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param(_SHORT, id="short"),
        *(
            pytest.param(Plan(seed=seed, seconds=120, runs=60), id=f"seed {seed}", marks=pytest.mark.full)
            for seed in (11, 12)
        ),
    ],
)
def test_every_promise_holds_after_everything_has_died(
    plan: Plan, record_property: Callable[[str, object], None]
) -> None:
    report = play(plan)
    found = report["promises"]
    assert {name: found[name]["broken"] for name in report["broken"]} == {}
    assert report["strokes"]["done"], "nothing died"
    assert report["workers_died_at"]["places"] >= plan.doomed_least
    kinds, done = len(report["runs"]["ended"]), json.dumps(report["strokes"]["done"])
    samples = found["no_limit_was_passed_and_every_bill_was_covered"]["checked"]
    record_property(
        "sample",
        f"seed {plan.seed}, {report['runs']['with forks']} runs of {kinds} kinds, {done}, "
        f"workers died at {report['workers_died_at']['places']} places, "
        f"{samples} looks at the money, seconds {report['seconds']}",
    )
