"""The answers that the outbox sends to Step Functions for the task token of a step's dispatch."""

import math
from typing import Any

from foundation.contracts.step_message import MapItem, Next, StepCallback
from foundation.storage.execution.dispatches import OpenBranch, StepDispatch
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


def expand(
    dispatch: StepDispatch, items: list[OpenBranch], *, tick: int, seconds_left: float, max_parallel: int
) -> OutboxEffect:
    """The callback of a step that runs once for each item: Step Functions runs these, then enqueues this tick."""
    timeout = timeout_seconds(seconds_left)
    branches = [map_item(item, timeout=timeout) for item in items]
    return _answer(dispatch, Next.EXPAND, tick=tick, timeout=timeout, items=branches, max_parallel=max_parallel)


def map_item(branch: OpenBranch, *, timeout: int) -> MapItem:
    """A step as a branch of a Map."""
    return MapItem(
        step_id=branch.step_id, name=branch.name, kind=branch.kind, tick=branch.tick, timeout_seconds=timeout
    )


def _answer(dispatch: StepDispatch, next_: Next, *, tick: int, timeout: int, **more: Any) -> OutboxEffect:
    callback = StepCallback(next=next_, tick=tick, timeout_seconds=timeout, **more)
    payload = {"task_token": dispatch.task_token, "output": callback.model_dump(mode="json", exclude_none=True)}
    return OutboxEffect(OutboxKind.STEP_CALLBACK, dispatch.run_id, payload, dispatch.step_id)
