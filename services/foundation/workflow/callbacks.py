"""The answers that the outbox sends to Step Functions for the task token of a step's dispatch."""

import math

from foundation.contracts.step_message import Next, StepCallback
from foundation.storage.execution.dispatches import StepDispatch
from foundation.storage.session.outbox import OutboxEffect, OutboxKind

_GRACE_SECONDS = 60
"""A token outlives its run's deadline by a minute, so that the run's own clock ends the run, and not the token."""


def timeout_seconds(seconds_left: float) -> int:
    """The timeout of a token in a run that has `seconds_left` until its deadline."""
    return max(math.ceil(seconds_left), 0) + _GRACE_SECONDS


def done(dispatch: StepDispatch) -> OutboxEffect:
    """The callback of a step that has ended. Its outcome is in PostgreSQL, so that late messages get this one, too."""
    return _answer(dispatch, Next.DONE, tick=dispatch.tick + 1, timeout=_GRACE_SECONDS)


def next_tick(dispatch: StepDispatch, *, tick: int, seconds_left: float) -> OutboxEffect:
    """The callback of a step that goes on: Step Functions then enqueues this tick."""
    return _answer(dispatch, Next.CONTINUE, tick=tick, timeout=timeout_seconds(seconds_left))


def _answer(dispatch: StepDispatch, next_: Next, *, tick: int, timeout: int) -> OutboxEffect:
    callback = StepCallback(next=next_, tick=tick, timeout_seconds=timeout)
    payload = {"task_token": dispatch.task_token, "output": callback.model_dump(mode="json")}
    return OutboxEffect(OutboxKind.STEP_CALLBACK, dispatch.run_id, payload, dispatch.step_id)
