"""Steps that run once for each item of a list: in order, within their bound, through failures, pauses and retries."""

from typing import Any

import pytest

from fixtures.running.stack import Member, new_member

pytestmark = pytest.mark.stack

DOUBLES = """
import json
inputs = json.load(open("/work/in/inputs.json"))
if inputs["item"] == inputs.get("bad"):
    raise SystemExit(3)
json.dump({"index": inputs["index"], "double": inputs["item"] * 2}, open("/work/out/result.json", "w"))
"""
SLEEPS = "import time; time.sleep({seconds})"


def doubles(**step: Any) -> dict[str, Any]:
    return {
        "name": "double",
        "kind": "tool",
        "tool": "code.python",
        "foreach": "${input.numbers}",
        "arguments": {"code": DOUBLES, "inputs": {"item": "${item}", "index": "${index}", "bad": "${input.bad}"}},
        **step,
    }


COUNTS = {
    "name": "count",
    "kind": "tool",
    "tool": "code.python",
    "needs": ["double"],
    "arguments": {
        "code": "import shutil; shutil.copy('/work/in/inputs.json', '/work/out/result.json')",
        "inputs": "${sum(steps.double.output[].result.double)}",
    },
}


def items(member: Member, run_id: str, step: str, *, limit: int = 50) -> list[dict[str, Any]]:
    """All items of a step, read page by page."""
    found: list[dict[str, Any]] = []
    cursor: str | None = ""
    with member.api() as api:
        while cursor is not None:
            query: dict[str, str | int] = {"limit": limit, **({"cursor": cursor} if cursor else {})}
            page = api.get(f"/runs/{run_id}/steps/{step}/items", params=query).raise_for_status().json()
            found += page["items"]
            cursor = page["next_cursor"]
    return found


def test_the_outputs_are_a_list_in_the_order_of_the_items(member: Member) -> None:
    run = member.ended(member.start({"steps": [doubles(), COUNTS]}, input={"numbers": [3, 1, 2, 7]})["id"])
    assert run["status"] == "COMPLETED", (run, member.steps(run["id"]))
    steps = member.steps(run["id"])
    assert set(steps) == {"double", "count"}
    assert [one["result"] for one in steps["double"]["output"]] == [
        {"index": index, "double": 2 * number} for index, number in enumerate([3, 1, 2, 7])
    ]
    assert steps["count"]["output"]["result"] == 26
    assert steps["double"]["items"] == {"total": 4, "ended": 4, "failed": 0}
    rows = items(member, run["id"], "double", limit=3)
    assert [(row["name"], row["item"], row["status"]) for row in rows] == [
        (f"double[{index}]", {"index": index, "value": number}, "SUCCESS") for index, number in enumerate([3, 1, 2, 7])
    ]


def test_an_empty_list_gives_an_empty_list(member: Member) -> None:
    run = member.ended(member.start({"steps": [doubles()]}, input={"numbers": []})["id"])
    assert (run["status"], run["output"]) == ("COMPLETED", {"double": []})
    assert items(member, run["id"], "double") == []


@pytest.mark.parametrize(
    ("numbers", "says"),
    [
        ({"a": 1}, "/foreach: ${input.numbers} gives no list"),
        (None, "/foreach: ${input.numbers} gives no list"),
        ([0] * 1001, "/foreach: ${input.numbers} gives 1001 items, and 1000 are taken"),
    ],
    ids=["object", "null", "too many"],
)
def test_what_is_no_list_or_too_long_fails_the_step_with_the_place(member: Member, numbers: Any, says: str) -> None:
    run = member.ended(member.start({"steps": [doubles()]}, input={"numbers": numbers})["id"])
    error = member.steps(run["id"])["double"]["error"]
    assert (run["status"], error["code"]) == ("FAILED", "expression_failed")
    assert error["detail"].startswith(says)


def test_an_item_that_fails_fails_the_step_when_all_have_ended_and_a_retry_runs_it_alone(member: Member) -> None:
    started = member.start({"steps": [doubles(), COUNTS]}, input={"numbers": [1, 2, 3], "bad": 2})
    run = member.ended(started["id"])
    steps = member.steps(run["id"])
    assert (run["status"], steps["double"]["status"], steps["count"]["status"]) == ("FAILED", "FAILED", "SKIPPED")
    assert steps["double"]["error"]["code"] == "items_failed"
    assert steps["double"]["error"]["detail"].startswith("1 of 3 items did not succeed: double[1]: ")
    assert [cause["step"] for cause in steps["double"]["error"]["causes"]] == ["double[1]"]
    assert [one and one["result"]["double"] for one in steps["double"]["output"]] == [2, None, 6]
    assert steps["double"]["items"] == {"total": 3, "ended": 3, "failed": 1}
    assert [failure["step"] for failure in run["error"]["failures"]] == ["double"]
    with member.api() as api:
        assert api.post(f"/runs/{run['id']}/retry", json={}).status_code in {200, 202}
    again = member.ended(run["id"])
    assert again["status"] == "FAILED"
    assert [row["attempt"] for row in items(member, run["id"], "double")] == [1, 2, 1]


def test_with_continue_the_others_outputs_are_there_for_the_steps_that_follow(member: Member) -> None:
    started = member.start({"steps": [doubles(on_failure="continue"), COUNTS]}, input={"numbers": [1, 2, 3], "bad": 2})
    run = member.ended(started["id"])
    steps = member.steps(run["id"])
    assert (run["status"], steps["double"]["status"]) == ("COMPLETED", "SUCCESS")
    assert [one and one["result"]["double"] for one in steps["double"]["output"]] == [2, None, 6]
    assert steps["count"]["output"]["result"] == 8
    assert steps["double"]["items"] == {"total": 3, "ended": 3, "failed": 1}
    assert [(row["status"], row["excused"]) for row in items(member, run["id"], "double")] == [
        ("SUCCESS", False),
        ("FAILED", False),
        ("SUCCESS", False),
    ]


def test_no_more_items_run_at_once_than_the_step_says(member: Member) -> None:
    step = doubles(max_parallel=2)
    step["arguments"]["code"] = SLEEPS.format(seconds=0.5)
    run = member.ended(member.start({"steps": [step]}, input={"numbers": list(range(6))})["id"])
    assert run["status"] == "COMPLETED"
    moments = [(row["started_at"], row["ended_at"]) for row in items(member, run["id"], "double")]
    overlap = [sum(begun < other < ended for begun, ended in moments) for other, _ in moments]
    assert max(overlap) <= 1, moments


def test_a_pause_among_the_items_repeats_none_that_ended(member: Member) -> None:
    step = doubles(max_parallel=1)
    step["arguments"]["code"] = SLEEPS.format(seconds=0.3)
    started = member.start({"steps": [step]}, input={"numbers": list(range(5))})

    def two_ended() -> bool:
        known = member.steps(started["id"]).get("double", {}).get("items")
        return bool(known and known["ended"] >= 2)

    assert member.until(two_ended)
    with member.api() as api:
        waits = api.get(f"/runs/{started['id']}/explain").json()["waits"]
        assert any(wait["for"] == "items" and "of its 5 items have ended" in wait["detail"] for wait in waits), waits
        api.post(f"/runs/{started['id']}/pause").raise_for_status()
        assert member.until(lambda: api.post(f"/runs/{started['id']}/resume").status_code == 200)
    run = member.ended(started["id"])
    assert run["status"] == "COMPLETED", run
    assert [row["attempt"] for row in items(member, run["id"], "double")] == [1] * 5


def test_items_of_another_tenants_run_and_of_no_step_are_not_found(member: Member) -> None:
    run = member.ended(member.start({"steps": [doubles()]}, input={"numbers": [1]})["id"])
    with member.api() as api:
        missing = api.get(f"/runs/{run['id']}/steps/nothing/items")
        assert missing.status_code == 404
        assert missing.json()["detail"].startswith("the run has no step 'nothing'; its steps are ")
        assert api.get(f"/runs/{run['id']}/steps/double%5B0%5D/items").status_code == 400
    with new_member(member.stack).api() as neighbour:
        assert neighbour.get(f"/runs/{run['id']}/steps/double/items").status_code == 404
