"""Decides whether a claimed step runs at all: by its condition, and by what the steps before it left to read."""

from collections.abc import Iterator
from typing import Any

from foundation.contracts.expressions.evaluation import ExpressionError, expressions_in
from foundation.contracts.expressions.reads import ITEM_NAMES, steps_read_by
from foundation.domain.failures import Failure, FailureCode
from orchestrator.work import StepLeftOut, Work


def left_out(work: Work) -> StepLeftOut | None:
    """Why the step does not run; None when it does. `ExpressionError` for a condition that is neither true nor false.

    Whatever a step needs has ended when it is claimed, so an output that is not there will never come: its step was
    left out, or failed and the run goes on without it. A step that reads such an output and has no other value in its
    place is left out too.
    """
    if missing := next(_missing_inputs(work), None):
        return StepLeftOut(missing)
    condition = work.step.when
    if condition is None or work.claim.item is not None:
        return None
    value = work.resolve(condition, "when")
    if value is True:
        return None
    if value is False:
        return StepLeftOut(Failure(FailureCode.CONDITION_FALSE, f"its condition {condition} is false", retryable=False))
    raise ExpressionError(
        f"/when: {condition} gives {_kind_of(value)}, and a condition must give true or false;"
        " compare it with something, such as ${… == `null`}"
    )


def _missing_inputs(work: Work) -> Iterator[Failure]:
    if not work.absent:
        return
    # A step that runs for items has none itself, so that only its items can tell what such an expression gives.
    more = ITEM_NAMES if work.claim.item is not None else frozenset()
    for pointer, expression in expressions_in(work.step.templates()):
        gone = sorted(_steps_read(expression, more) & work.absent)
        if gone and isinstance(expression, str) and not _has_another_value(work, expression):
            yield Failure(
                FailureCode.INPUT_MISSING,
                f"{pointer}: ${{{expression}}} reads the output of step {gone[0]}, which has none;"
                f" write ${{{expression} || 'default'}} where this step is to run without it",
                retryable=False,
            )


def _steps_read(expression: str | ExpressionError, more: frozenset[str]) -> frozenset[str]:
    if isinstance(expression, ExpressionError):
        return frozenset()
    try:
        return steps_read_by(expression, more=more)
    except ExpressionError:
        return frozenset()


def _has_another_value(work: Work, expression: str) -> bool:
    try:
        return work.resolve(f"${{{expression}}}") is not None
    except ExpressionError:
        # A function that does not take null, for instance.
        return False


def _kind_of(value: Any) -> str:
    kinds = {type(None): "null", str: "a text", list: "a list", dict: "an object"}
    return kinds.get(type(value), "a number")
