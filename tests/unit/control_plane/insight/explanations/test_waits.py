"""Every open run and step says what it waits for, since when, and what ends the wait."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from control_plane.insight.explanations.schemas import Wait
from control_plane.insight.explanations.waits import Asked, waits_of
from fixtures.running.rows import DEADLINE, NOON, a_run, a_step
from foundation.contracts.moments import told
from foundation.contracts.run_events import RunPaused
from foundation.domain.ids import ApprovalId, JobId, RunId, StepId, UserId
from foundation.domain.states import (
    ApprovalStatus,
    ExpiryPolicy,
    PauseReason,
    RunStatus,
    StepStatus,
    WaitReason,
)
from foundation.storage.execution.approvals import Approval
from foundation.storage.execution.doubtful_jobs import DoubtfulJob
from foundation.storage.execution.run_events import Dated
from foundation.storage.execution.runs import Run
from foundation.storage.execution.steps import StepRow

LATER = NOON + timedelta(minutes=5)


def waits(
    run: Run, steps: list[StepRow], *, paused: Dated[RunPaused] | None = None, approvals: Sequence[Approval] = ()
) -> list[Wait]:
    return waits_of(run, steps, Asked.of(approvals), paused=paused)


def test_a_run_without_steps_waits_to_be_opened_and_one_without_open_steps_to_be_closed() -> None:
    [opening] = waits(a_run(status=RunStatus.PENDING), [])
    [closing] = waits(a_run(), [a_step(status=StepStatus.SUCCESS)])
    assert (opening.for_, opening.detail) == (WaitReason.CALLBACK, "Step Functions opens the run")
    assert (closing.for_, closing.detail) == (WaitReason.CALLBACK, "Step Functions closes the run")
    assert opening.step is None
    assert opening.ends_by == DEADLINE


def test_a_run_that_somebody_paused_waits_for_somebody() -> None:
    [wait] = waits(a_run(status=RunStatus.PAUSED, pause_reason=PauseReason.USER, deadline_at=None), [a_step()])
    assert (wait.for_, wait.step, wait.ends_by) == (WaitReason.PAUSE, None, None)
    assert wait.detail == "until somebody resumes it"


def test_a_run_without_budget_tells_which_budget_and_when_it_is_tried_again() -> None:
    event = RunPaused(
        reason=PauseReason.BUDGET,
        detail="the user has 0 tokens left",
        again_in_seconds=300,
        resets_at="2026-03-02T00:00:00Z",
    )
    run = a_run(status=RunStatus.PAUSED, pause_reason=PauseReason.BUDGET)
    [wait] = waits(run, [], paused=Dated(LATER, event))
    assert (wait.for_, wait.since) == (WaitReason.BUDGET, LATER)
    assert wait.ends_by == NOON + timedelta(seconds=300)
    by = told(wait.ends_by, timespec="seconds")
    assert wait.detail.startswith(f"the user has 0 tokens left; tried again by {by} at the latest, and at once when")
    assert wait.detail.endswith("the budget is reset at 2026-03-02T00:00:00Z")


def test_a_run_without_budget_is_explained_also_when_its_event_is_gone() -> None:
    [wait] = waits(a_run(status=RunStatus.PAUSED, pause_reason=PauseReason.BUDGET), [])
    assert (wait.since, wait.ends_by) == (NOON, None)
    assert wait.detail == "the budget has no room; tried again at once when somebody resumes it"


@pytest.mark.parametrize(
    ("members", "reason", "detail", "ends_by"),
    [
        (
            {"status": StepStatus.RUNNING, "wait_reason": WaitReason.SLOT, "worker_id": "w1", "deadline_at": LATER},
            WaitReason.SLOT,
            "worker w1 has it, and waits for a place at the tool runtime",
            DEADLINE,
        ),
        (
            {"status": StepStatus.RUNNING, "worker_id": "w1", "deadline_at": LATER},
            WaitReason.WORKER,
            "worker w1 runs it",
            LATER,
        ),
        (
            {"status": StepStatus.RETRYING, "attempt": 2, "retry_at": LATER},
            WaitReason.RETRY,
            "attempt 3 comes next",
            LATER,
        ),
        ({"status": StepStatus.OUTCOME_UNKNOWN}, WaitReason.DECISION, "a person decides what happened", DEADLINE),
        (
            {"status": StepStatus.WAITING, "unmet_needs": 1, "needs": ["first", "second"]},
            WaitReason.DEPENDENCY,
            "needs second",
            DEADLINE,
        ),
        (
            {"status": StepStatus.QUEUED, "wait_reason": WaitReason.SLOT},
            WaitReason.SLOT,
            "its tenant has its share of the slots; one becomes free",
            DEADLINE,
        ),
        (
            {"status": StepStatus.QUEUED, "tick": 1, "has_token": False},
            WaitReason.CALLBACK,
            "Step Functions enqueues its next tick",
            DEADLINE,
        ),
        ({"status": StepStatus.QUEUED, "tick": 1}, WaitReason.WORKER, "a worker takes it from the queue", DEADLINE),
        (
            {"status": StepStatus.QUEUED, "has_token": False},
            WaitReason.WORKER,
            "a worker takes it from the queue",
            DEADLINE,
        ),
    ],
)
def test_an_open_step_is_explained(members: dict[str, Any], reason: WaitReason, detail: str, ends_by: object) -> None:
    done = a_step("first", status=StepStatus.SUCCESS)
    failed = a_step("second", status=StepStatus.FAILED)
    [wait] = waits(a_run(), [done, failed, a_step("draft", **members)])
    assert (wait.step, wait.for_, wait.detail, wait.ends_by) == ("draft", reason, detail, ends_by)


ANN = UserId(UUID(int=9))


def a_request(**members: Any) -> Approval:
    values: dict[str, Any] = {
        "approval_id": ApprovalId(UUID(int=5)),
        "run_id": RunId(UUID(int=1)),
        "step_id": StepId(UUID(int=3)),
        "step": "draft",
        "version": 1,
        "status": ApprovalStatus.PENDING,
        "message": "May it?",
        "roles": ["admin"],
        "users": [ANN],
        "form": None,
        "on_expiry": ExpiryPolicy.FAIL,
        "requested_at": NOON,
        "expires_at": LATER,
        "is_late": False,
        "ended_at": None,
        "decided_by": None,
        "comment": None,
        "data": None,
    }
    return Approval(**values | members)


@pytest.mark.parametrize(
    ("on_expiry", "then"),
    [
        (ExpiryPolicy.APPROVE, "it is approved"),
        (ExpiryPolicy.REJECT, "it is rejected"),
        (ExpiryPolicy.FAIL, "the step fails"),
    ],
)
def test_a_wait_for_people_says_who_decides_and_what_comes_if_nobody_does(on_expiry: ExpiryPolicy, then: str) -> None:
    step = a_step(status=StepStatus.WAITING, wait_reason=WaitReason.APPROVAL, waiting_since=NOON)
    [wait] = waits(a_run(), [step], approvals=[a_request(on_expiry=on_expiry)])
    assert (wait.step, wait.for_, wait.since, wait.ends_by) == ("draft", WaitReason.APPROVAL, NOON, LATER)
    assert wait.detail == f"role admin or user {ANN} decides request {UUID(int=5)}; if nobody does, {then}"


def test_a_wait_for_people_ends_with_the_run_where_that_comes_first() -> None:
    step = a_step(status=StepStatus.WAITING, wait_reason=WaitReason.APPROVAL, waiting_since=NOON)
    request = a_request(expires_at=DEADLINE + timedelta(days=1))
    [wait] = waits(a_run(), [step], approvals=[request])
    assert wait.ends_by == DEADLINE


def test_a_wait_begins_when_the_step_began_to_wait_else_when_it_started_else_when_it_was_made() -> None:
    def since(**members: Any) -> object:
        [wait] = waits(a_run(), [a_step(**members)])
        return wait.since

    assert since() == NOON
    assert since(started_at=LATER) == LATER
    assert since(started_at=NOON, waiting_since=LATER) == LATER


@pytest.mark.parametrize(
    ("lacked", "said"),
    [
        ("browser", "other steps hold all that is left of the resource browser"),
        ("concurrency:task", "as many steps of the task run"),
        ("concurrency:tenant", "as many steps of the tenant run"),
    ],
)
def test_a_step_in_line_says_what_it_lacks(lacked: str, said: str) -> None:
    step = a_step(status=StepStatus.WAITING, wait_reason="resource", wait_for=lacked, waiting_since=LATER)
    [wait] = waits(a_run(), [step])
    assert (wait.for_, wait.since, wait.ends_by) == (WaitReason.RESOURCE, LATER, DEADLINE)
    assert wait.detail.startswith(said)


def test_a_paused_run_also_says_what_people_may_decide_meanwhile() -> None:
    step = a_step(status=StepStatus.WAITING, wait_reason=WaitReason.APPROVAL, waiting_since=NOON)
    run = a_run(status=RunStatus.PAUSED, pause_reason=PauseReason.USER)
    pause, asked = waits(run, [step], approvals=[a_request()])
    assert (pause.for_, pause.step) == (WaitReason.PAUSE, None)
    assert (asked.for_, asked.step) == (WaitReason.APPROVAL, "draft")


def a_doubt(step: StepRow, *, name: str | None = None) -> DoubtfulJob:
    return DoubtfulJob(JobId(UUID(int=7)), step.step_id, name or step.name, "code.python", b"x" * 32, NOON, LATER)


def test_a_step_whose_outcome_is_unknown_names_the_tool_its_job_and_where_to_decide() -> None:
    step = a_step(status=StepStatus.OUTCOME_UNKNOWN)
    [wait] = waits_of(a_run(), [step], Asked.of(doubts=[a_doubt(step)]), paused=None)
    assert (wait.for_, wait.since, wait.ends_by) == (WaitReason.DECISION, LATER, DEADLINE)
    for part in ("code.python", str(UUID(int=7)), told(NOON, timespec="seconds"), f"/steps/{step.name}/outcome"):
        assert part in wait.detail


def test_a_step_with_items_tells_of_the_first_that_waits_for_a_decision() -> None:
    step = a_step(status=StepStatus.WAITING, wait_reason=WaitReason.ITEMS, items=3, items_ended=2)
    doubt = a_doubt(step, name=f"{step.name}[1]")
    [wait] = waits_of(a_run(), [step], Asked.of(doubts=[doubt]), paused=None)
    assert wait.for_ == WaitReason.ITEMS
    assert wait.detail.startswith("2 of its 3 items have ended, and ")
    assert f"/steps/{step.name}[1]/outcome" in wait.detail


def test_a_paused_run_tells_of_the_decisions_too() -> None:
    step = a_step(status=StepStatus.OUTCOME_UNKNOWN)
    run = a_run(status=RunStatus.PAUSED, pause_reason=PauseReason.USER)
    found = waits_of(run, [step], Asked.of(doubts=[a_doubt(step)]), paused=None)
    assert [wait.for_ for wait in found] == [WaitReason.PAUSE, WaitReason.DECISION]
