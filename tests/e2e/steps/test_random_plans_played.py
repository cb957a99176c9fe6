"""Some random plans with conditions and lists on the whole stack, in sandboxes: they end as the reference says."""

import random

import pytest

from fixtures.models.reference_scheduler import a_plan, definition, ends, outcome
from fixtures.running.stack import Member

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]


@pytest.mark.parametrize(
    "seeds", [pytest.param((1, 2), id="sample"), pytest.param(range(3, 23), id="all", marks=pytest.mark.full)]
)
def test_random_plans_end_as_the_reference_scheduler_says(member: Member, seeds: tuple[int, ...]) -> None:
    plans = {seed: a_plan(random.Random(seed), most=6) for seed in seeds}
    started = {seed: member.start(definition(plan))["id"] for seed, plan in plans.items()}
    for seed, run_id in started.items():
        wanted = ends(plans[seed])
        assert member.ended(run_id, seconds=240)["status"] == outcome(wanted), seed
        steps = member.steps(run_id)
        assert {name: (steps[name]["status"], steps[name]["excused"]) for name in steps} == {
            name: (end.status, end.excused) for name, end in wanted.items()
        }, seed
        for name, end in wanted.items():
            if end.status == "SUCCESS":
                output = steps[name]["output"]
                found = [_number(item) for item in output] if isinstance(output, list) else _number(output)
                assert found == end.value, (seed, name)


def _number(output: dict[str, dict[str, int]] | None) -> int | None:
    return None if output is None else output["result"]["n"]
