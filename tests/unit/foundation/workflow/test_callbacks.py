"""What Step Functions is answered for a token."""

from uuid import UUID

import pytest

from foundation.domain.ids import RunId, StepId, TenantId
from foundation.storage.execution.dispatches import StepDispatch
from foundation.storage.session.outbox import OutboxKind
from foundation.workflow import callbacks

DISPATCH = StepDispatch(
    TenantId(UUID(int=1)), RunId(UUID(int=2)), StepId(UUID(int=3)), generation=1, tick=4, task_token="token"
)


def test_a_step_that_has_ended_is_answered_for_the_dispatch_that_waits() -> None:
    effect = callbacks.done(DISPATCH)
    assert (effect.kind, effect.run_id, effect.step_id) == (OutboxKind.STEP_CALLBACK, DISPATCH.run_id, DISPATCH.step_id)
    assert effect.payload["task_token"] == "token"
    assert effect.payload["output"] == {"next": "done", "tick": 5, "timeout_seconds": 60}


def test_a_step_that_goes_on_gets_the_runs_time_and_a_minute_for_its_next_token() -> None:
    output = callbacks.next_tick(DISPATCH, tick=5, seconds_left=12.2).payload["output"]
    assert output == {"next": "continue", "tick": 5, "timeout_seconds": 73}


@pytest.mark.parametrize(("left", "seconds"), [(-5.0, 60), (0.0, 60), (0.1, 61), (100.0, 160)])
def test_a_token_waits_a_minute_longer_than_its_run(left: float, seconds: int) -> None:
    assert callbacks.timeout_seconds(left) == seconds
