"""Two runs held against each other: steps by name, null for what one of them does not have."""

from uuid import UUID

from control_plane.insight.comparisons.compare import comparison_of
from fixtures.running.rows import a_run, a_step
from foundation.domain.states import RunStatus, StepStatus

DEFINITION = {"steps": {"draft": {"prompt": "One."}}}


def test_what_runs_were_asked_and_what_came_of_it_is_compared() -> None:
    left = a_run(status=RunStatus.COMPLETED, input={"word": "one"}, output={"draft": 1}, cost_nano_usd=5)
    right = a_run(
        run_id=UUID(int=9), status=RunStatus.FAILED, input={"word": "two"}, overrides={"draft": {"prompt": "Two."}}
    )
    compared = comparison_of((left, right), (DEFINITION, DEFINITION), ([], []), {})
    assert (compared.left, compared.right) == (left.run_id, right.run_id)
    assert [change.pointer for change in compared.input.items] == ["/word"]
    assert [change.pointer for change in compared.overrides.items] == ["/draft"]
    assert compared.definition.items == []
    assert (compared.status.left, compared.status.right) == (RunStatus.COMPLETED, RunStatus.FAILED)
    assert (compared.cost_usd.left, compared.cost_usd.right) == ("0.000000005", "0")
    assert compared.duration_ms.left is None


def test_steps_are_compared_by_name_and_one_that_a_run_does_not_have_is_null() -> None:
    ended = StepStatus.SUCCESS
    left = [a_step("draft", status=ended, tokens=7), a_step("gone", status=ended)]
    right = [a_step("draft", status=ended, turn=2), a_step("new", status=ended)]
    outputs = {"draft": ({"text": "a"}, {"text": "b"})}
    draft, gone, new = comparison_of((a_run(), a_run()), (DEFINITION, DEFINITION), (left, right), outputs).steps
    assert [step.name for step in (draft, gone, new)] == ["draft", "gone", "new"]
    assert ([change.pointer for change in draft.output.items], draft.same) == (["/text"], False)
    assert (draft.tokens.left, draft.tokens.right, draft.turns.right) == (7, 0, 2)
    assert (gone.status.left, gone.status.right, gone.tokens.right) == (ended, None, None)
    assert (new.status.left, new.status.right, new.same) == (None, ended, False)


def test_a_step_is_the_same_whatever_it_took() -> None:
    left, right = [a_step(tokens=7, attempt=1)], [a_step(tokens=9, attempt=2)]
    [step] = comparison_of((a_run(), a_run()), (DEFINITION, DEFINITION), (left, right), {}).steps
    assert step.same


def test_of_an_output_that_is_not_looked_into_is_told_that_it_differs() -> None:
    [step] = comparison_of(
        (a_run(), a_run()), (DEFINITION, DEFINITION), ([a_step("draft")], [a_step("draft")]), {"draft": None}
    ).steps
    assert (step.same, step.output.items, step.output.more) == (False, [], 1)
