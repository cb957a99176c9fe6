"""What may replace members of a step when a run is forked: whole members, and never by null."""

import pytest
from pydantic import ValidationError

from control_plane.execution.reruns.schemas import StepOverride


@pytest.mark.parametrize("member", ["model", "instructions", "prompt", "arguments"])
def test_null_replaces_nothing(member: str) -> None:
    with pytest.raises(ValidationError, match="null replaces nothing; leave the member out to keep what the task says"):
        StepOverride.model_validate({member: None})


def test_what_is_left_out_stays_and_what_is_given_is_taken_whole() -> None:
    given = StepOverride.model_validate({"prompt": "Again.", "arguments": {"a": 1}})
    assert given.model_dump(exclude_unset=True) == {"prompt": "Again.", "arguments": {"a": 1}}
    with pytest.raises(ValidationError):
        StepOverride.model_validate({"kind": "noop"})
