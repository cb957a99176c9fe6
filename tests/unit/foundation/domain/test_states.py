"""States: terminal ones stay, the first cause wins, ties go by severity."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from foundation.domain.states import (
    RUN_TERMINAL,
    RUN_TRANSITIONS,
    STEP_TERMINAL,
    STEP_TRANSITIONS,
    RunStatus,
    StepStatus,
    outcome_of,
    terminal_status,
)

CAUSES = [RunStatus.CANCELLED, RunStatus.TIMED_OUT, RunStatus.BUDGET_EXCEEDED, RunStatus.FAILED]


def test_every_state_has_its_transitions_and_terminal_ones_only_those_of_a_retry() -> None:
    assert set(RUN_TRANSITIONS) == set(RunStatus)
    assert set(STEP_TRANSITIONS) == set(StepStatus)
    assert RUN_TRANSITIONS[RunStatus.COMPLETED] == frozenset()
    reopened = {RunStatus.PENDING, RunStatus.RUNNING}
    assert all(RUN_TRANSITIONS[status] == reopened for status in RUN_TERMINAL - {RunStatus.COMPLETED})
    assert all(STEP_TRANSITIONS[status] == {StepStatus.QUEUED} for status in STEP_TERMINAL)


def test_every_open_state_can_come_to_an_end() -> None:
    assert all(RUN_TRANSITIONS[status] & RUN_TERMINAL for status in set(RunStatus) - RUN_TERMINAL)
    assert all(STEP_TRANSITIONS[status] & STEP_TERMINAL for status in set(StepStatus) - STEP_TERMINAL)


def test_of_causes_that_come_together_the_most_severe_ends_the_run() -> None:
    for first, second in itertools.combinations(CAUSES, 2):
        assert terminal_status({first, second}) is first
    assert terminal_status(set()) is RunStatus.COMPLETED


@given(st.lists(st.sampled_from(list(StepStatus)), min_size=1), st.sampled_from([None, *CAUSES]))
def test_a_recorded_cause_decides_and_else_every_step_must_have_succeeded(
    statuses: list[StepStatus], cause: RunStatus | None
) -> None:
    outcome = outcome_of(statuses, first_cause=cause)
    if cause is not None:
        assert outcome is cause
    elif all(status is StepStatus.SUCCESS for status in statuses):
        assert outcome is RunStatus.COMPLETED
    else:
        assert outcome is RunStatus.FAILED
