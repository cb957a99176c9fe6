"""What a condition and a list of items may be, in the words that whoever wrote the step reads."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from foundation.contracts.steps.base import CONDITION, ITEMS, MAX_ITEMS
from foundation.contracts.steps.catalogue import Step

STEP: TypeAdapter[Step] = TypeAdapter(Step)


def faults_of(**members: Any) -> list[tuple[str, str]]:
    step = STEP.validate_python({"name": "first", "kind": "noop", **members})
    return [(fault.pointer, fault.detail) for fault in step.faults(("steps", 0))]


@pytest.mark.parametrize(
    "when", [None, "${input.ready}", "${!(input.ready)}", "${input.count > `3`}", "${input.a == input.b}"]
)
def test_what_may_be_true_or_false_is_a_condition(when: str | None) -> None:
    assert faults_of(when=when) == []


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("yes", CONDITION),
        (
            "${length(input.items)}",
            "it always gives a number, and a condition gives true or false; compare it with something",
        ),
        (
            "${!input.ready}",
            "it always gives null, and a condition gives true or false; write !(…) around what ! is about",
        ),
    ],
)
def test_what_never_is_true_or_false_is_told_how_it_becomes_so(when: str, said: str) -> None:
    assert faults_of(when=when) == [("/steps/0/when", said)]


@pytest.mark.parametrize("foreach", ["${input.items}", "${steps.before.output}", "${input.items[?ready]}"])
def test_what_may_be_a_list_has_items(foreach: str) -> None:
    assert faults_of(foreach=foreach) == []


def test_a_list_that_is_written_down_has_as_many_items_as_are_taken_and_not_one_more() -> None:
    def written(count: int) -> str:
        return "${`[" + ",".join("1" for _ in range(count)) + "]`}"

    assert faults_of(foreach=written(MAX_ITEMS)) == []
    assert faults_of(foreach=written(MAX_ITEMS + 1)) == [
        ("/steps/0/foreach", f"the list has {MAX_ITEMS + 1} items, and {MAX_ITEMS} are taken")
    ]


@pytest.mark.parametrize(
    ("foreach", "said"),
    [("all of them", ITEMS), ("${length(input.items)}", "it always gives a number, and the items are a list")],
)
def test_what_never_is_a_list_is_refused(foreach: str, said: str) -> None:
    assert faults_of(foreach=foreach) == [("/steps/0/foreach", said)]


def test_only_a_step_with_items_has_some_to_bound() -> None:
    assert faults_of(max_parallel=2) == [("/steps/0/max_parallel", "only a step with `foreach` has items to bound")]
    assert faults_of(max_parallel=2, foreach="${input.items}") == []
