"""Plans and lists of every size that a definition may have run to their end, each step once."""

from collections import Counter
from typing import Any

import pytest

from fixtures.running.stack import Member

pytestmark = pytest.mark.stack


def a_plan(size: int) -> list[dict[str, Any]]:
    """Ten chains side by side, as even as can be, and a last step that needs all of them."""
    steps: list[dict[str, Any]] = []
    for number in range(size - 1):
        needs = [f"s{number - 10}"] if number >= 10 else []
        steps.append({"name": f"s{number}", "kind": "noop", "needs": needs})
    ends = [f"s{number}" for number in range(max(size - 11, 0), size - 1)]
    return [*steps, {"name": "last", "kind": "noop", "needs": ends}]


# An inline Map takes forty branches, a distributed one the plans above that.
SIZES = [1, 40, 41, *(pytest.param(size, marks=[pytest.mark.full, pytest.mark.timeout(900)]) for size in (200, 1000))]


@pytest.mark.parametrize("size", SIZES)
def test_a_plan_of_any_size_runs_each_step_once(member: Member, size: int) -> None:
    run = member.ended(member.start({"steps": a_plan(size)})["id"], seconds=600)
    steps = member.steps(run["id"]).values()
    assert run["status"] == "COMPLETED", run
    assert Counter((step["status"], step["attempt"]) for step in steps) == {("SUCCESS", 1): size}


@pytest.mark.parametrize(
    "size", [41, pytest.param(1000, marks=[pytest.mark.full, pytest.mark.timeout(900)])], ids=["sample", "all"]
)
def test_a_list_of_any_size_runs_each_item_once(member: Member, size: int) -> None:
    each = {"name": "each", "kind": "noop", "foreach": "${input.rows}", "max_parallel": 100}
    run = member.ended(member.start({"steps": [each]}, input={"rows": list(range(size))})["id"], seconds=600)
    assert run["status"] == "COMPLETED", run
    assert len(run["output"]["each"]) == size
    assert member.steps(run["id"])["each"]["items"] == {"total": size, "ended": size, "failed": 0}
