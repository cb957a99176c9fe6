"""Crews on the real stack: in sequence and led, several at once, paused, cancelled, out of time, turns and budget."""

import random
from typing import Any

import pytest

from fixtures.crews.crew_runs import (
    EXPECTED,
    HIERARCHICAL,
    SEQUENTIAL,
    a_crew,
    billed_as_invoiced,
    counted,
    started,
    survived,
)
from fixtures.running.stack import ENDED, Member, Stack, new_member

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]

SLOW = "slow=0.5"
BOTH = ["sequential", pytest.param("hierarchical", marks=pytest.mark.full)]


@pytest.fixture
def owner(stack: Stack) -> Member:
    return new_member(stack)


@pytest.mark.parametrize("process", BOTH)
def test_a_crew_of_three_works_through_its_tasks(stack: Stack, owner: Member, process: str) -> None:
    run_id = started(owner, a_crew(process))
    survived(stack, owner, run_id, EXPECTED[process])
    step = owner.steps(run_id)["crew0"]
    assert (step["kind"], step["status"], step["attempt"]) == ("crew", "SUCCESS", 1)
    assert step["tokens"] > 0


@pytest.mark.full
def test_several_crews_at_once_do_not_meet(stack: Stack, owner: Member) -> None:
    run_id = started(owner, a_crew(), a_crew("hierarchical"), a_crew())
    survived(stack, owner, run_id, SEQUENTIAL, HIERARCHICAL, SEQUENTIAL)


def test_what_a_crew_gave_is_read_by_steps_after_it_and_what_it_reads_is_replaced(owner: Member) -> None:
    crew = a_crew(
        tasks=[{"name": "count", "description": "Of ${input.what}.", "expected_output": "x", "agent": "counter"}]
    )
    tell = {"name": "tell", "kind": "llm", "needs": ["crew"], "prompt": "${steps.crew.output.tasks[0].text}"}
    run = owner.ended(owner.start({"steps": [crew, tell]}, input={"what": "penguins {here}"})["id"])
    assert run["status"] == "COMPLETED", run
    with owner.stack.superuser() as connection:
        request = connection.execute(
            """SELECT request FROM turns t JOIN steps s USING (step_id)
               WHERE run_id = %s AND name = 'crew' AND t.turn = 0""",
            [run["id"]],
        ).fetchone()
    assert request is not None
    assert "Of penguins {here}." in request[0]["messages"][1]["content"]


@pytest.mark.full
def test_a_crew_for_each_item_of_a_list(stack: Stack, owner: Member) -> None:
    run_id = started(owner, a_crew(foreach="${input.items}"), description="x")
    run = owner.ended(run_id)
    assert run["status"] == "FAILED", run
    assert "input.items" in str(owner.steps(run_id)["crew0"]["error"])
    crew = a_crew(foreach="${input.items}", max_parallel=2)
    run = owner.ended(owner.start({"steps": [crew]}, input={"items": [1, 2, 3]})["id"])
    assert run["status"] == "COMPLETED", run
    assert [one["text"] for one in run["output"]["crew"]] == [SEQUENTIAL.texts[-1]] * 3


@pytest.mark.parametrize(
    ("process", "seed"),
    [
        ("hierarchical", 1),
        *(pytest.param(process, seed, marks=pytest.mark.full) for process in EXPECTED for seed in (2, 3, 4)),
    ],
)
def test_a_crew_that_is_paused_and_resumed_at_any_moment_asks_nothing_twice(
    stack: Stack, owner: Member, process: str, seed: int
) -> None:
    chance = random.Random(seed)
    run_id = started(owner, a_crew(process, fault=SLOW))
    for _ in range(2):
        recorded = counted(stack, run_id)["turns"] + chance.randint(1, 2)
        _until_recorded(stack, owner, run_id, recorded)
        with owner.api() as api:
            if api.post(f"/runs/{run_id}/pause").status_code != 200:
                break
        # What was under way ends and is recorded, and then nobody holds the step any more.
        assert owner.until(lambda: owner.steps(run_id)["crew0"]["status"] != "RUNNING")
        with owner.api() as api:
            api.post(f"/runs/{run_id}/resume")
    survived(stack, owner, run_id, EXPECTED[process])


def _until_recorded(stack: Stack, owner: Member, run_id: str, turns: int) -> None:
    """Returns when so many turns are recorded, or the run has ended."""
    owner.until(lambda: counted(stack, run_id)["turns"] >= turns or owner.run(run_id)["status"] in ENDED)


def test_a_crew_that_is_cancelled_ends_with_the_call_that_is_under_way(stack: Stack, owner: Member) -> None:
    run_id = started(owner, a_crew(fault="hang"))
    assert owner.until(lambda: counted(stack, run_id)["turns prepared"] == 1, seconds=60)
    with owner.api() as api:
        assert api.delete(f"/runs/{run_id}").status_code in {200, 202}
    assert owner.ended(run_id)["status"] == "CANCELLED"
    assert owner.steps(run_id)["crew0"]["status"] == "CANCELLED"
    assert counted(stack, run_id)["turns"] == 0
    with stack.superuser() as connection:
        open_jobs = connection.execute(
            "SELECT count(*) FROM tool_events WHERE run_id = %s AND ended_at IS NULL", [run_id]
        ).fetchone()
    assert open_jobs == (0,)


@pytest.mark.full
def test_a_crew_whose_time_is_over_fails_with_what_it_had(owner: Member) -> None:
    crew = a_crew(timeout_seconds=25)
    crew["agents"][1]["model"] = "fault-hang"
    run = owner.ended(started(owner, crew))
    assert run["status"] == "FAILED"
    step = owner.steps(run["id"])["crew0"]
    assert step["error"]["code"] == "step_timed_out"
    assert [task["name"] for task in step["output"]["tasks"]] == ["count"]
    assert {file["name"] for file in step["output"]["files"]} == {"result.json", "note.txt"}


@pytest.mark.parametrize("process", BOTH)
def test_a_crew_that_uses_up_its_turns_fails_with_what_it_had(owner: Member, process: str) -> None:
    run = owner.ended(started(owner, a_crew(process, max_turns=3)))
    step = owner.steps(run["id"])["crew0"]
    assert (run["status"], step["error"]["code"]) == ("FAILED", "turns_exhausted")
    assert [task["name"] for task in step["output"]["tasks"]] == (["count"] if process == "sequential" else [])


@pytest.mark.parametrize("process", BOTH)
def test_a_crew_whose_budget_is_spent_ends_and_tells_no_agent(stack: Stack, owner: Member, process: str) -> None:
    run = owner.ended(started(owner, a_crew(process, budget={"tokens": 5_000})))
    step = owner.steps(run["id"])["crew0"]
    assert (run["status"], step["error"]["code"]) == ("FAILED", "budget_exceeded")
    assert owner.until(lambda: owner.run(run["id"])["usage"]["tokens"] > 0)
    assert "budget" not in _asked(stack, run["id"])
    billed_as_invoiced(stack, run["id"])


def test_a_run_out_of_budget_ends_and_goes_on_in_a_retry_without_paying_twice(stack: Stack, owner: Member) -> None:
    run_id = started(owner, a_crew(), budget={"tokens": 5_000})
    assert owner.ended(run_id)["status"] == "BUDGET_EXCEEDED"
    with owner.api() as api:
        again = api.post(f"/runs/{run_id}/retry", json={"budget": {"tokens": 500_000}})
        assert again.status_code == 200, again.text
    survived(stack, owner, run_id, SEQUENTIAL)


def _asked(stack: Stack, run_id: str) -> str:
    with stack.superuser() as connection:
        rows = connection.execute(
            "SELECT request FROM turns t JOIN steps s USING (step_id) WHERE run_id = %s", [run_id]
        ).fetchall()
    return str(rows).lower()


@pytest.mark.full
def test_a_refusal_of_the_gateway_ends_the_step_in_the_gateway_s_words(stack: Stack, owner: Member) -> None:
    crew = a_crew(retry={"attempts": 1})
    crew["agents"][1]["model"] = "fault-status=400"
    run = owner.ended(started(owner, crew))
    step = owner.steps(run["id"])["crew0"]
    assert run["status"] == "FAILED"
    assert [task["name"] for task in step["output"]["tasks"]] == ["count"], step
    assert counted(stack, run["id"])["turns"] == 3


@pytest.mark.full
def test_a_crew_that_is_forked_or_retried_by_name_begins_anew(stack: Stack, owner: Member) -> None:
    run_id = started(owner, a_crew())
    survived(stack, owner, run_id, SEQUENTIAL)
    with owner.api() as api:
        fork: dict[str, Any] = api.post(f"/runs/{run_id}/fork", json={"from": "crew0"}).raise_for_status().json()
        refused = api.post(f"/runs/{run_id}/fork", json={"from": "crew0", "turn": 2})
    assert refused.status_code == 400
    assert "only agents have turns" in refused.text
    survived(stack, owner, fork["id"], SEQUENTIAL)
