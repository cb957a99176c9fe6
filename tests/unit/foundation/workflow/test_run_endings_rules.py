"""What an ended run gives and what it is blamed on, derived from its steps."""

from typing import Any

import pytest

from foundation.domain.states import RunStatus, StepStatus, TimeoutPolicy
from foundation.workflow.endings import error_of, output_of
from foundation.workflow.plans import EndedStep

SUCCESS, FAILED, SKIPPED = StepStatus.SUCCESS, StepStatus.FAILED, StepStatus.SKIPPED


def a_step(
    name: str, status: StepStatus = SUCCESS, *, is_sink: bool = False, error: Any = None, excused: bool = False
) -> EndedStep:
    output = {"of": name} if status is SUCCESS else None
    return EndedStep(name, status, output, error, excused, is_sink)


def test_a_completed_run_has_no_error() -> None:
    assert error_of(RunStatus.COMPLETED, [a_step("a")], first_error=None) is None


def test_a_failed_run_names_each_step_that_failed() -> None:
    steps = [
        a_step("a", FAILED, error={"code": "x", "detail": "no luck"}),
        a_step("b", FAILED, error=None),
        a_step("c", SKIPPED, error={"code": "dependency_failed"}),
    ]
    error = error_of(RunStatus.FAILED, steps, first_error=None)
    assert error is not None
    assert (error["code"], error["detail"]) == ("steps_failed", "step a: no luck; step b: failed")
    assert error["failures"] == [{"code": "x", "detail": "no luck", "step": "a"}, {"step": "b"}]


def test_a_failure_that_the_definition_excuses_is_not_what_the_run_failed_of() -> None:
    steps = [a_step("a", FAILED, error={"code": "x", "detail": "no luck"}, excused=True), a_step("b", FAILED)]
    error = error_of(RunStatus.FAILED, steps, first_error=None)
    assert error is not None
    assert error["failures"] == [{"step": "b"}]


def test_what_stopped_the_run_comes_before_its_steps_failures() -> None:
    steps = [a_step("a", FAILED, error={"code": "x"})]
    error = error_of(RunStatus.TIMED_OUT, steps, first_error={"code": "run_timed_out", "detail": "over"})
    assert error == {"code": "run_timed_out", "detail": "over", "failures": [{"code": "x", "step": "a"}]}


def test_a_run_that_ended_without_a_failure_is_blamed_on_its_state() -> None:
    error = error_of(RunStatus.CANCELLED, [a_step("a", SKIPPED)], first_error=None)
    assert error == {"code": "cancelled", "detail": "the run is CANCELLED", "failures": []}


def test_a_completed_run_gives_what_its_last_steps_gave() -> None:
    steps = [a_step("a"), a_step("b", is_sink=True)]
    assert output_of(RunStatus.COMPLETED, steps, on_timeout=TimeoutPolicy.GRACEFUL) == {"b": {"of": "b"}}


@pytest.mark.parametrize("status", [RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.BUDGET_EXCEEDED])
def test_a_run_that_stopped_early_gives_all_that_succeeded(status: RunStatus) -> None:
    steps = [a_step("a"), a_step("b", FAILED, is_sink=True)]
    assert output_of(status, steps, on_timeout=TimeoutPolicy.ABORT) == {"a": {"of": "a"}}


@pytest.mark.parametrize(
    ("policy", "output"), [(TimeoutPolicy.ABORT, None), (TimeoutPolicy.GRACEFUL, {"a": {"of": "a"}})]
)
def test_a_run_that_was_over_its_time_keeps_what_its_task_says(policy: TimeoutPolicy, output: Any) -> None:
    assert output_of(RunStatus.TIMED_OUT, [a_step("a")], on_timeout=policy) == output
