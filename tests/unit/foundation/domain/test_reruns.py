"""Which steps run again, which stand, and which go on: rules, and properties over random plans."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.domain.reruns import StandingStep, StepRerun, below, first_again, steps_to_copy, steps_to_retry
from foundation.domain.states import StepKind, StepStatus

S = StepStatus


def a_step(name: str, *needs: str, status: StepStatus = S.SUCCESS, kind: StepKind = StepKind.TOOL) -> StandingStep:
    return StandingStep(name, kind, status, needs)


CHAIN = [
    a_step("gather"),
    a_step("draft", "gather", status=S.FAILED),
    a_step("check", "gather"),
    a_step("publish", "draft", "check", status=S.SKIPPED),
    a_step("other", status=S.FAILED),
]


def test_a_retry_runs_what_did_not_succeed_and_nothing_else() -> None:
    assert list(steps_to_retry(CHAIN, named=())) == ["draft", "publish", "other"]


def test_a_step_that_its_run_could_do_without_stands_until_it_is_named_or_what_it_needs_runs_again() -> None:
    left_out = replace(a_step("aside", "check", status=S.SKIPPED), excused=True)
    failed = replace(a_step("try", "check", status=S.FAILED), excused=True)
    plan = [*CHAIN, left_out, failed]
    assert list(steps_to_retry(plan, named=())) == ["draft", "publish", "other"]
    assert list(steps_to_retry(plan, named=["try"])) == ["try"]
    assert list(steps_to_retry(plan, named=["check"])) == ["draft", "check", "publish", "aside", "try"]
    assert steps_to_copy(plan, start="publish") == {"gather", "check", "aside", "try"}


def test_a_named_step_runs_again_with_everything_below_it_and_nothing_beside_it() -> None:
    assert list(steps_to_retry(CHAIN, named=["draft"])) == ["draft", "publish"]
    assert list(steps_to_retry(CHAIN, named=["gather"])) == ["gather", "draft", "check", "publish"]


def test_what_a_named_step_needs_and_did_not_succeed_runs_again_too() -> None:
    assert list(steps_to_retry(CHAIN, named=["publish"])) == ["draft", "publish"]
    assert list(steps_to_retry(CHAIN, named=["check"])) == ["draft", "check", "publish"]


def test_a_retry_begins_with_the_steps_that_need_none_of_the_others() -> None:
    assert first_again(CHAIN, steps_to_retry(CHAIN, named=())) == ["draft", "other"]


@pytest.mark.parametrize(
    ("kind", "status", "rerun"),
    [
        (StepKind.AGENT, S.FAILED, StepRerun(afresh=False, new_turn=False)),
        (StepKind.AGENT, S.CANCELLED, StepRerun(afresh=False, new_turn=False)),
        (StepKind.AGENT, S.SUCCESS, StepRerun(afresh=True, new_turn=False)),
        (StepKind.LLM, S.CANCELLED, StepRerun(afresh=False, new_turn=False)),
        (StepKind.LLM, S.FAILED, StepRerun(afresh=False, new_turn=True)),
        (StepKind.TOOL, S.FAILED, StepRerun(afresh=False, new_turn=True)),
        (StepKind.TOOL, S.CANCELLED, StepRerun(afresh=False, new_turn=True)),
        (StepKind.TOOL, S.SUCCESS, StepRerun(afresh=True, new_turn=False)),
    ],
)
def test_an_interrupted_agent_goes_on_and_what_failed_is_called_anew(
    kind: StepKind, status: StepStatus, rerun: StepRerun
) -> None:
    """A step that succeeded has moved on to its next turn when it ended."""
    assert steps_to_retry([a_step("only", status=status, kind=kind)], named=["only"]) == {"only": rerun}


def test_an_agent_whose_inputs_are_made_anew_begins_anew() -> None:
    steps = [a_step("gather"), a_step("think", "gather", status=S.FAILED, kind=StepKind.AGENT)]
    assert steps_to_retry(steps, named=["gather"])["think"] == StepRerun(afresh=True, new_turn=True)


def test_a_fork_copies_what_succeeded_and_is_not_below_its_start() -> None:
    assert steps_to_copy(CHAIN, start="publish") == {"gather", "check"}
    assert steps_to_copy(CHAIN, start="check") == {"gather"}
    assert steps_to_copy(CHAIN, start="gather") == frozenset()


def test_a_fork_below_an_approval_has_people_decide_again_and_runs_all_that_they_decide_on() -> None:
    review = a_step("review", "gather", kind=StepKind.APPROVAL)
    plan = [a_step("gather"), review, a_step("publish", "review"), a_step("tell", "publish"), a_step("log", "gather")]
    assert steps_to_copy(plan, start="tell") == {"gather", "log"}
    assert steps_to_copy(plan, start="log") == {"gather", "review", "publish", "tell"}
    second = [*plan, a_step("sign", "log", kind=StepKind.APPROVAL), a_step("send", "sign", "publish")]
    assert steps_to_copy(second, start="tell") == {"gather", "log"}


@st.composite
def ended_plans(draw: st.DrawFn) -> list[StandingStep]:
    """A random plan in topological order, run until each step succeeded, failed, or was skipped below a failure."""
    steps: list[StandingStep] = []
    for number in range(draw(st.integers(1, 12))):
        needs = draw(st.lists(st.sampled_from(range(number)), unique=True, max_size=4)) if number else []
        bad = any(steps[need].status is not S.SUCCESS for need in needs)
        status = S.SKIPPED if bad else draw(st.sampled_from([S.SUCCESS, S.SUCCESS, S.FAILED, S.CANCELLED]))
        steps.append(a_step(f"s{number}", *(f"s{need}" for need in needs), status=status))
    return steps


def run_on(steps: list[StandingStep], unfinished: set[str]) -> tuple[dict[str, StepStatus], dict[str, int]]:
    """Runs the unfinished steps, all of which succeed: how every step ends, and how often each was executed."""
    state = {step.name: step.status for step in steps}
    executed = dict.fromkeys(state, 0)
    for step in steps:
        if step.name in unfinished:
            assert all(state[need] is S.SUCCESS for need in step.needs), "what it needs must have ended before it"
            state[step.name], executed[step.name] = S.SUCCESS, 1
    return state, executed


@given(ended_plans())
def test_a_retry_without_names_ends_like_a_run_from_the_beginning_and_repeats_nothing(
    steps: list[StandingStep],
) -> None:
    again = set(steps_to_retry(steps, named=()))
    state, executed = run_on(steps, again)
    assert set(state.values()) == {S.SUCCESS}
    assert all(executed[step.name] == (step.status is not S.SUCCESS) for step in steps)


@given(ended_plans(), st.data())
def test_whatever_runs_again_takes_along_all_that_needs_it(steps: list[StandingStep], data: st.DataObject) -> None:
    named = data.draw(st.lists(st.sampled_from([step.name for step in steps]), min_size=1, unique=True))
    again = steps_to_retry(steps, named=named)
    assert below(steps, named) <= set(again)
    assert all(step.name in again for step in steps if not again.keys().isdisjoint(step.needs))
    by_name = {step.name: step for step in steps}
    needs = {need for name in again for need in by_name[name].needs}
    assert all(need in again or by_name[need].settled for need in needs), "or it could not run"
    assert {name for name in again if name not in below(steps, named)} <= {
        name for name in again if not by_name[name].settled
    }, "beside the named ones only what did not succeed"


@given(ended_plans(), st.data())
def test_a_fork_ends_like_a_run_from_the_beginning_and_copies_only_what_is_whole(
    steps: list[StandingStep], data: st.DataObject
) -> None:
    start = data.draw(st.sampled_from([step.name for step in steps]))
    copied = steps_to_copy(steps, start=start)
    forked = [step if step.name in copied else replace(step, status=S.QUEUED) for step in steps]
    state, executed = run_on(forked, {step.name for step in steps} - copied)
    assert set(state.values()) == {S.SUCCESS}
    assert start not in copied
    assert all(executed[name] == 0 for name in copied)
    assert all(set(step.needs) <= copied for step in steps if step.name in copied)
