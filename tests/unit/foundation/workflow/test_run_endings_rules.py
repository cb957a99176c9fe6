"""What an ended run gives and what it is blamed on, derived from its steps."""

from dataclasses import replace
from typing import Any

import pytest

from fixtures.running.works import a_placed_failure
from foundation.domain.states import RunStatus, StepStatus, TimeoutPolicy
from foundation.workflow.endings import derived_failure, failures_of, output_of
from foundation.workflow.plans import EndedStep

SUCCESS, FAILED, SKIPPED = StepStatus.SUCCESS, StepStatus.FAILED, StepStatus.SKIPPED


def a_step(
    name: str, status: StepStatus = SUCCESS, *, is_sink: bool = False, error: Any = None, excused: bool = False
) -> EndedStep:
    output = {"of": name} if status is SUCCESS else None
    return EndedStep(name, status, output, error, excused, is_sink)


def test_a_failed_run_names_each_step_that_failed() -> None:
    steps = [
        a_step("a", FAILED, error={"code": "x", "detail": "no luck"}),
        a_step("b", FAILED, error=None),
        a_step("c", SKIPPED, error={"code": "dependency_failed"}),
    ]
    failures = failures_of(steps)
    assert [(one.step, one.code, one.detail) for one in failures] == [
        ("a", "x", "no luck"),
        ("b", "failed", "it failed"),
    ]
    derived = derived_failure(RunStatus.FAILED, failures)
    assert (derived.code, derived.detail) == ("steps_failed", "step a: no luck; step b: it failed")


def test_a_failure_that_the_definition_excuses_is_not_what_the_run_failed_of() -> None:
    steps = [a_step("a", FAILED, error={"code": "x", "detail": "no luck"}, excused=True), a_step("b", FAILED)]
    assert [one.step for one in failures_of(steps)] == ["b"]


@pytest.mark.parametrize(
    ("may_pass", "after", "told"),
    [([True, True], [3.0, 9.0], (True, 9.0)), ([True, False], [None, None], (False, None)), ([], [], (False, None))],
)
def test_a_run_may_pass_where_all_its_failures_may_and_when_the_last_does(
    may_pass: list[bool], after: list[float | None], told: tuple[bool, float | None]
) -> None:
    failures = [
        replace(a_placed_failure(step=f"s{at}"), retryable=may, retry_after=seconds)
        for at, (may, seconds) in enumerate(zip(may_pass, after, strict=True))
    ]
    derived = derived_failure(RunStatus.FAILED, failures)
    assert (derived.retryable, derived.retry_after) == told


def test_a_run_that_ended_without_a_failure_is_blamed_on_its_state() -> None:
    derived = derived_failure(RunStatus.CANCELLED, [])
    assert (derived.code, derived.detail) == ("cancelled", "the run is CANCELLED")


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
