"""Twenty runs and their explanations, word for word."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from control_plane.insight.explanations.explain import Known, explain
from fixtures.running.rows import NOON, a_run, a_step
from foundation.contracts.run_events import RunPaused
from foundation.domain.ids import ApprovalId, RunId, StepId
from foundation.domain.states import (
    ApprovalStatus,
    ExpiryPolicy,
    PauseReason,
    RunStatus,
    StepKind,
    StepStatus,
    WaitReason,
)
from foundation.storage.execution.approvals import Approval
from foundation.storage.execution.run_events import Dated
from foundation.storage.execution.runs import Run
from foundation.storage.execution.steps import StepRow
from foundation.workflow.stalls.causes import Stall, StallCause

LATER = NOON + timedelta(minutes=5)
SWEPT = "a worker repairs this within seconds; if none does, check that workers run"
PLATFORM = "tell the operator of the platform"


def stall(cause: StallCause, step: str | None = None, **facts: Any) -> Stall:
    return Stall(RunId(UUID(int=1)), None, step, cause, NOON, facts)


def parked(name: str, *needs: str) -> StepRow:
    return a_step(
        name,
        status=StepStatus.WAITING,
        wait_reason=WaitReason.DEPENDENCY,
        waiting_since=NOON,
        needs=list(needs),
        unmet_needs=len(needs),
    )


def done(name: str) -> StepRow:
    return a_step(name, status=StepStatus.SUCCESS)


def failed(name: str, detail: str, code: str = "tool_failed") -> StepRow:
    return a_step(name, status=StepStatus.FAILED, ended_at=LATER, error={"code": code, "detail": detail})


def asking(name: str = "review") -> StepRow:
    return a_step(
        name, step_id=UUID(int=7), status=StepStatus.WAITING, wait_reason=WaitReason.APPROVAL, waiting_since=NOON
    )


REQUEST = Approval(
    approval_id=ApprovalId(UUID(int=5)),
    run_id=RunId(UUID(int=1)),
    step_id=StepId(UUID(int=7)),
    step="review",
    version=1,
    status=ApprovalStatus.PENDING,
    message="May it?",
    roles=["admin"],
    users=[],
    form=None,
    on_expiry=ExpiryPolicy.REJECT,
    requested_at=NOON,
    expires_at=LATER,
    is_late=False,
    ended_at=None,
    decided_by=None,
    comment=None,
    data=None,
)
BY = "2026-03-01T12:05:00Z"
AGAIN = f"the tenant has 0 tokens left; tried again by {BY} at the latest, and at once when somebody resumes it"
NO_ROOM = Dated(NOON, RunPaused(reason=PauseReason.BUDGET, detail="the tenant has 0 tokens left", again_in_seconds=300))


@dataclass(frozen=True, slots=True)
class Case:
    """What the rows say, the summary, and by step the (cause, step, detail) of what blocks it."""

    known: Known
    summary: str
    blocked: dict[str | None, list[tuple[str, str | None, str]]] = field(default_factory=dict)
    stuck: bool = False


def running(*steps: StepRow, stalls: tuple[Stall, ...] = (), requests: tuple[Approval, ...] = ()) -> Known:
    return Known(a_run(), steps, None, requests, stalls)


def paused(reason: PauseReason, *steps: StepRow, event: Dated[RunPaused] | None = None, **more: Any) -> Known:
    return Known(a_run(status=RunStatus.PAUSED, pause_reason=reason), steps, event, **more)


def ended(status: RunStatus, *steps: StepRow, detail: str | None = None, step: str | None = None) -> Known:
    run: Run = a_run(status=status, ended_at=LATER, error=detail and {"code": "c", "detail": detail, "step": step})
    return Known(run, steps)


HELD = a_step("gather", status=StepStatus.RUNNING, worker_id="w1", deadline_at=LATER, started_at=NOON)
CASES = {
    "not opened yet": Case(Known(a_run(status=RunStatus.PENDING), []), "Step Functions opens the run."),
    "a worker runs the first of two": Case(
        running(HELD, parked("write", "gather")),
        "0 of 2 steps have ended. Step gather: worker w1 runs it. 1 step waits for these.",
        {"write": [("worker", "gather", "worker w1 runs it")]},
    ),
    "many things at once": Case(
        running(done("a"), *(a_step(name) for name in "bcdef")),
        "1 of 6 steps has ended. Step b: a worker takes it from the queue. Step c: a worker takes it from the queue."
        " Step d: a worker takes it from the queue. 2 more wait for something of their own.",
    ),
    "people are asked": Case(
        running(asking(), parked("publish", "review"), parked("tell", "publish"), requests=(REQUEST,)),
        f"0 of 3 steps have ended. Step review: role admin decides request {UUID(int=5)}; if nobody does,"
        " it is rejected. 2 steps wait for these.",
        {
            name: [("approval", "review", f"role admin decides request {UUID(int=5)}; if nobody does, it is rejected")]
            for name in ("publish", "tell")
        },
    ),
    "two roots, each named once": Case(
        running(HELD, a_step("draw"), parked("a", "gather", "draw"), parked("b", "a", "gather")),
        "0 of 4 steps have ended. Step gather: worker w1 runs it. Step draw: a worker takes it from the queue."
        " 2 steps wait for these.",
        {
            name: [
                ("worker", "gather", "worker w1 runs it"),
                ("worker", "draw", "a worker takes it from the queue"),
            ]
            for name in ("a", "b")
        },
    ),
    "all ended, not closed yet": Case(running(done("a")), "1 of 1 step has ended. Step Functions closes the run."),
    "paused by a person": Case(
        paused(PauseReason.USER, done("a"), a_step("b")),
        "1 of 2 steps has ended. The run is paused: until somebody resumes it.",
        {None: [("pause", None, "until somebody resumes it")]},
    ),
    "paused by a budget": Case(
        paused(PauseReason.BUDGET, a_step("b"), event=NO_ROOM),
        f"0 of 1 step has ended. The run is paused: {AGAIN}.",
        {None: [("budget", None, AGAIN)]},
    ),
    "a budget that is never reset": Case(
        paused(
            PauseReason.BUDGET,
            a_step("b"),
            event=NO_ROOM,
            stalls=(stall(StallCause.BUDGET_NEVER_RESETS, budget="the tenant has 0 tokens left"),),
        ),
        "0 of 1 step has ended. The run hangs: the tenant has 0 tokens left; that budget is never reset. What ends it:"
        " raise the budget and resume the run, or cancel it.",
        {None: [("budget_never_resets", None, "the tenant has 0 tokens left; that budget is never reset")]},
        stuck=True,
    ),
    "nobody may decide": Case(
        running(
            asking(),
            parked("publish", "review"),
            requests=(REQUEST,),
            stalls=(stall(StallCause.NOBODY_MAY_DECIDE, "review", users=[UUID(int=9)]),),
        ),
        "0 of 2 steps have ended. The run hangs at step review: no member of the tenant may decide its request,"
        " which names user 00000000-0000-0000-0000-000000000009. What ends it: make one of the users whom it names a"
        " member again, with a role that may decide, or cancel the run.",
        {
            name: [
                (
                    "nobody_may_decide",
                    "review",
                    f"no member of the tenant may decide its request, which names user {UUID(int=9)}",
                )
            ]
            for name in ("review", "publish")
        },
        stuck=True,
    ),
    "a cycle": Case(
        running(parked("a", "b"), parked("b", "a"), stalls=(stall(StallCause.CYCLE, needs=["a", "b", "a"]),)),
        "0 of 2 steps have ended. The run hangs: these steps wait for each other: a -> b -> a."
        " What ends it: correct the needs in a new version of the task.",
        {step: [("cycle", None, "these steps wait for each other: a -> b -> a")] for step in ("a", "b", None)},
        stuck=True,
    ),
    "a need that failed": Case(
        running(
            failed("gather", "no file"),
            parked("write", "gather"),
            stalls=(stall(StallCause.NEED_FAILED, "write", needs=["gather"]),),
        ),
        "1 of 2 steps has ended. The run hangs at step write: it needs gather, which failed, and it was not skipped."
        f" What ends it: {SWEPT}.",
        {"write": [("need_failed", "write", "it needs gather, which failed, and it was not skipped")]},
        stuck=True,
    ),
    "a holder that is gone": Case(
        running(HELD, stalls=(stall(StallCause.LEASE_LAPSED, "gather"), stall(StallCause.RUN_OVERDUE))),
        "0 of 1 step has ended. The run hangs at step gather: its worker is gone, and no other took the step."
        f" What ends it: {SWEPT}. It hangs at 2 places; see `blocked`.",
        {
            "gather": [("lease_lapsed", "gather", "its worker is gone, and no other took the step")],
            None: [("run_overdue", None, "the run's time is over, and no worker ended it")],
        },
        stuck=True,
    ),
    "an item that hangs": Case(
        running(
            a_step("each", status=StepStatus.WAITING, wait_reason=WaitReason.ITEMS, waiting_since=NOON, items=2),
            parked("sum", "each"),
            stalls=(stall(StallCause.STEP_OVERDUE, "each[1]"),),
        ),
        "0 of 2 steps have ended. The run hangs at step each[1]: its time is over, and no worker ended it."
        f" What ends it: {SWEPT}.",
        {name: [("step_overdue", "each[1]", "its time is over, and no worker ended it")] for name in ("each", "sum")},
        stuck=True,
    ),
    "Step Functions is not reached": Case(
        Known(
            a_run(status=RunStatus.PENDING),
            [],
            None,
            (),
            (stall(StallCause.UNDELIVERED, effect="start_execution", attempts=9),),
        ),
        f"The run hangs: start execution cannot be delivered (9 attempts). What ends it: {PLATFORM}.",
        {None: [("undelivered", None, "start execution cannot be delivered (9 attempts)")]},
        stuck=True,
    ),
    "no worker": Case(
        running(a_step("a"), stalls=(stall(StallCause.NO_WORKER),)),
        "0 of 1 step has ended. The run hangs: steps wait in the queue, and no worker takes them."
        f" What ends it: start a worker, or {PLATFORM}.",
        {None: [("no_worker", None, "steps wait in the queue, and no worker takes them")]},
        stuck=True,
    ),
    "completed": Case(
        ended(RunStatus.COMPLETED, done("a"), a_step("b", status=StepStatus.SKIPPED, excused=True)),
        "The run completed. Of 2 steps: 1 succeeded, 1 skipped.",
    ),
    "failed, what it blocked, and where it goes on": Case(
        ended(
            RunStatus.FAILED,
            done("load"),
            failed("gather", "no file"),
            a_step("write", status=StepStatus.SKIPPED, needs=["gather", "load"]),
            a_step("send", status=StepStatus.SKIPPED, needs=["write"]),
            detail="step gather: no file",
        ),
        "The run failed: step gather: no file. Of 4 steps: 1 succeeded, 1 failed, 2 skipped."
        " A retry goes on at gather.",
        {name: [("failed", "gather", "no file")] for name in ("write", "send")},
    ),
    "failed by a step beside those that it stopped": Case(
        ended(
            RunStatus.FAILED,
            failed("gather", "no file"),
            a_step("beside", status=StepStatus.CANCELLED),
            detail="no file",
            step="gather",
        ),
        "The run failed: step gather: no file. Of 2 steps: 1 failed, 1 cancelled. A retry goes on at gather, beside.",
        {"beside": [("stopped", "gather", "no file")]},
    ),
    "an agent without turns, for which a retry would be no way on": Case(
        ended(RunStatus.FAILED, failed("think", "no answer", "turns_exhausted"), detail="step think: no answer"),
        "The run failed: step think: no answer. Of 1 step: 1 failed."
        " No turns are left for think: fork the run from there with a higher `max_turns` in `overrides`.",
        {},
    ),
    "cancelled": Case(
        ended(RunStatus.CANCELLED, a_step("a", status=StepStatus.CANCELLED), detail="cancelled by ann."),
        "The run was cancelled: cancelled by ann. Of 1 step: 1 cancelled. A retry goes on at a.",
        {"a": [("stopped", None, "cancelled by ann.")]},
    ),
    "out of time, at many places": Case(
        ended(RunStatus.TIMED_OUT, *(a_step(name, status=StepStatus.CANCELLED) for name in "abcde")),
        "The run ran out of time. Of 5 steps: 5 cancelled. A retry goes on at a, b, c and 2 more.",
        {name: [("stopped", None, "the run ran out of time")] for name in "abcde"},
    ),
    "out of budget in the middle of an agent": Case(
        ended(
            RunStatus.BUDGET_EXCEEDED,
            a_step("think", kind=StepKind.AGENT, status=StepStatus.CANCELLED, turn=3),
            detail="the run has 12 tokens left",
        ),
        "The run ran out of budget: the run has 12 tokens left. Of 1 step: 1 cancelled."
        " A retry with a higher `budget` goes on at think.",
        {"think": [("stopped", None, "the run has 12 tokens left")]},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_run_is_explained(name: str) -> None:
    case = CASES[name]
    explanation = explain(case.known)
    blocked = {
        one.step: [(cause.cause, cause.step, cause.detail) for cause in one.causes] for one in explanation.blocked
    }
    assert (explanation.summary, blocked, explanation.stuck) == (case.summary, case.blocked, case.stuck)


@pytest.mark.parametrize("status", [status for status in RunStatus if status.is_terminal])
def test_a_run_that_has_ended_waits_for_nothing(status: RunStatus) -> None:
    explanation = explain(Known(a_run(status=status), [a_step(status=StepStatus.CANCELLED)]))
    assert (explanation.status, explanation.waits) == (status, [])


@pytest.mark.parametrize("status", [RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.BUDGET_EXCEEDED])
def test_a_run_that_ended_early_says_where_it_goes_on_and_which_turns_are_kept(status: RunStatus) -> None:
    steps = [
        a_step("gather", status=StepStatus.SUCCESS),
        a_step("think", kind=StepKind.AGENT, status=StepStatus.CANCELLED, turn=3, needs=["gather"]),
        a_step("draw", kind=StepKind.TOOL, status=StepStatus.FAILED, turn=2),
        a_step("write", status=StepStatus.SKIPPED, needs=["think", "draw"]),
    ]
    points = explain(Known(a_run(status=status), steps)).resume_from
    assert [(point.step, point.turn) for point in points] == [("think", 3), ("draw", 0)]


def test_only_a_run_that_ended_early_goes_on_somewhere() -> None:
    assert explain(Known(a_run(status=RunStatus.COMPLETED), [a_step(status=StepStatus.SUCCESS)])).resume_from == []
    assert explain(Known(a_run(), [a_step()])).resume_from == []
