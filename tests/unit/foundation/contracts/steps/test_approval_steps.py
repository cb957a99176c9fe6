"""What an approval step may say, each fault with its place."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from foundation.contracts.definition import TaskDefinition, definition_faults
from foundation.contracts.steps.approval import ApprovalStep
from foundation.contracts.steps.catalogue import Step
from foundation.domain.states import ExpiryPolicy

_STEP: TypeAdapter[Step] = TypeAdapter(Step)
FORM = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


def a_step(**members: Any) -> ApprovalStep:
    step = _STEP.validate_python({"name": "review", "kind": "approval", "message": "May it?", **members})
    assert isinstance(step, ApprovalStep)
    return step


def test_a_message_is_enough_and_the_rest_has_defaults() -> None:
    step = a_step()
    assert (step.roles, step.users, step.form, step.expires_in) == ([], [], None, 604_800)
    assert step.on_expiry is ExpiryPolicy.FAIL
    assert step.faults(("steps", 0)) == []


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        ({"message": " \n"}, "/steps/3/message"),
        ({"roles": ["admin", "viewer"]}, "/steps/3/roles/1"),
        ({"form": {"type": "object", "more": 1}}, "/steps/3/form/more"),
        ({"form": FORM, "on_expiry": "approve"}, "/steps/3/on_expiry"),
        ({"when": "yes"}, "/steps/3/when"),
    ],
)
def test_a_fault_that_no_field_shows_has_its_place(members: dict[str, Any], pointer: str) -> None:
    assert [fault.pointer for fault in a_step(**members).faults(("steps", 3))] == [pointer]


def test_an_expiry_may_approve_where_the_form_requires_nothing() -> None:
    form = {"type": "object", "properties": {"n": {"type": "integer"}}}
    assert a_step(form=form, on_expiry="approve").faults(()) == []
    assert a_step(form=FORM, on_expiry="reject").faults(()) == []


@pytest.mark.parametrize(
    ("members", "place"),
    [
        ({"roles": ["boss"]}, ("approval", "roles", 0)),
        ({"users": ["ann"]}, ("approval", "users", 0)),
        ({"expires_in": 0}, ("approval", "expires_in")),
        ({"expires_in": 2_592_001}, ("approval", "expires_in")),
        ({"on_expiry": "wait"}, ("approval", "on_expiry")),
        ({"form": []}, ("approval", "form")),
        ({"message": "x" * 32_769}, ("approval", "message")),
    ],
)
def test_a_value_that_a_field_does_not_take_is_refused_at_its_place(
    members: dict[str, Any], place: tuple[str | int, ...]
) -> None:
    with pytest.raises(ValidationError) as refused:
        a_step(**members)
    assert [error["loc"] for error in refused.value.errors()] == [place]


def test_only_the_message_is_a_template() -> None:
    pattern = {"type": "object", "properties": {"n": {"pattern": "^a${1}"}}}
    steps = [
        {"name": "draft", "kind": "noop"},
        {"name": "review", "kind": "approval", "needs": ["draft"], "message": "${steps.draft.output}", "form": pattern},
        {"name": "other", "kind": "approval", "message": "${steps.draft.output}"},
    ]
    definition = TaskDefinition.model_validate({"name": "t", "steps": steps})
    faults = definition_faults(definition)
    assert [fault.pointer for fault in faults if "draft" in fault.detail] == ["/steps/2/message"]
    assert all("form" not in fault.pointer or "pattern" in fault.pointer for fault in faults)
