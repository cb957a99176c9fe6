"""What expressions of a definition give whatever a run's input is, and which of its steps can therefore never run."""

import re
from collections.abc import Collection, Iterator, Mapping

from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.definition import TaskDefinition
from foundation.contracts.expressions.evaluation import ExpressionError, expressions_in, inside, resolve, steps_read_by
from foundation.contracts.steps.agent import AgentStep
from foundation.contracts.steps.catalogue import Step
from foundation.domain.errors import Fault
from foundation.domain.plan import topological
from foundation.domain.words.quoting import quoted

UNKNOWN = object()
"""What an expression gives that reads what only a run knows."""
# A name is looked for anywhere in the text: where one only seems to be read, nothing is said, which is no harm.
_KNOWN_LATER = re.compile(r"\b(input|item|index|turn|calls|call)\b")
_NOTHING: Mapping[str, object] = {"input": {}, "steps": {}}


def value_of(expression: str, *, gone: Collection[str] = ()) -> object:
    """What the JMESPath gives in every run, where the steps in `gone` have no output; `UNKNOWN` where that differs."""
    if _KNOWN_LATER.search(expression):
        return UNKNOWN
    try:
        if not steps_read_by(expression) <= frozenset(gone):
            return UNKNOWN
        return resolve(f"${{{expression}}}", _NOTHING)
    except ExpressionError:
        return UNKNOWN


def constant_warnings(definition: TaskDefinition) -> Iterator[Fault]:
    """One for each condition that is always the same, each list that is always empty and each step that never runs."""
    steps = {step.name: (("steps", at), step) for at, step in enumerate(definition.steps)}
    gone: set[str] = set()
    for name in topological(definition.nodes()):
        at, step = steps[name]
        if (never := _why_never(step, at, gone)) is not None:
            gone.add(name)
            yield never
            continue
        if step.when is not None and value_of(inside(step.when), gone=gone) is True:
            yield Fault(pointer_of((*at, "when")), "the condition is always true; leave it out")
        if step.foreach is not None and value_of(inside(step.foreach), gone=gone) == []:
            yield Fault(pointer_of((*at, "foreach")), "the list is always empty, so that the step runs for no item")
        if isinstance(step, AgentStep):
            yield from _stop_warnings(step, at)


def _why_never(step: Step, at: tuple[str, int], gone: Collection[str]) -> Fault | None:
    """Why the step can run in no run; None where it may."""
    if step.when is not None and value_of(inside(step.when), gone=gone) is False:
        return Fault(pointer_of((*at, "when")), "the step never runs: its condition is always false")
    for member, value in step.templates().items():
        for pointer, expression in expressions_in(value, (*at, member)):
            if isinstance(expression, ExpressionError) or value_of(expression, gone=gone) is not None:
                continue
            read = sorted(steps_read_by(expression))
            if read:
                reason = f"the step never runs: it reads the output of step {quoted(read[0])}, which never runs"
                return Fault(pointer, f"{reason}; write ${{{expression} || 'default'}} where it is to run without it")
    return None


def _stop_warnings(step: AgentStep, at: tuple[str, int]) -> Iterator[Fault]:
    for place, condition in enumerate(step.stop_when):
        if not isinstance(condition, str):
            continue
        value = value_of(inside(condition))
        pointer = pointer_of((*at, "stop_when", place))
        if value is True:
            yield Fault(pointer, "the condition is always true: the agent ends with its first turn")
        elif value is False:
            yield Fault(pointer, "the condition is always false: it never ends the agent; leave it out")
