"""What Step Functions is answered for the token of a step's dispatch, through the outbox."""

import math

from foundation.contracts.step_message import Next, StepCallback
from foundation.storage.execution.dispatches import StepDispatch
from foundation.storage.session.outbox import OutboxEffect, OutboxKind

_GRACE_SECONDS = 60
"""A token outlives its run's time by a minute, so that the run's own clock is what ends it."""


def timeout_seconds(seconds_left: float) -> int:
    """How long a token may wait in a run that has so many seconds left."""
    return max(math.ceil(seconds_left), 0) + _GRACE_SECONDS


def done(dispatch: StepDispatch) -> OutboxEffect:
    """The step has ended; the outcome itself is in PostgreSQL, so that a late message gets the same answer."""
    return _answer(dispatch, Next.DONE, tick=dispatch.tick + 1, timeout=_GRACE_SECONDS)


def next_tick(dispatch: StepDispatch, *, tick: int, seconds_left: float) -> OutboxEffect:
    """The step goes on with this tick, which Step Functions enqueues."""
    return _answer(dispatch, Next.CONTINUE, tick=tick, timeout=timeout_seconds(seconds_left))


def _answer(dispatch: StepDispatch, next_: Next, *, tick: int, timeout: int) -> OutboxEffect:
    callback = StepCallback(next=next_, tick=tick, timeout_seconds=timeout)
    payload = {"task_token": dispatch.task_token, "output": callback.model_dump(mode="json")}
    return OutboxEffect(OutboxKind.STEP_CALLBACK, dispatch.run_id, payload, dispatch.step_id)
