"""Walks a definition as a run would, without running it: conditions and lists over the input are evaluated."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from control_plane.execution.estimates.below import Below
from control_plane.execution.estimates.calls import Calls, ModelUnknown, calls_of
from control_plane.execution.estimates.planned import Remark, Remarks, RunPlan, RunsBelow, StepPlan
from control_plane.execution.estimates.ranges import NONE, ONCE, Range, exactly
from control_plane.execution.estimates.texts import Contexts, KnownInput, OutOfTime, names_read
from foundation.contracts.definition import TaskDefinition
from foundation.contracts.expressions.evaluation import ExpressionError
from foundation.contracts.steps.agent import AgentStep
from foundation.contracts.steps.approval import ApprovalStep
from foundation.contracts.steps.base import ITEMS_AT_ONCE, MAX_ITEMS, Budget
from foundation.contracts.steps.catalogue import Step
from foundation.contracts.steps.run import RunStep
from foundation.contracts.tools.catalogue import TOOLS
from foundation.domain.plan import history_events, topological
from foundation.domain.states import RecoveryPolicy, StepKind
from foundation.domain.words.quoting import quoted

_PEOPLE = "people decide when it goes on; meanwhile the run's clock stands, and the wait does not count"


class Walk:
    """One walk: what it may look up below, and how many steps it has looked at."""

    def __init__(self, below: Below) -> None:
        self._below = below

    def run(
        self,
        definition: TaskDefinition,
        known: KnownInput,
        *,
        budget: Budget,
        timeout_seconds: int,
        above: tuple[str, ...] = (),
    ) -> RunPlan:
        """The plan of one run; `above` are the ids of the tasks whose runs would stand above it."""
        nodes = definition.nodes()
        by_name = {step.name: step for step in definition.steps}
        steps: list[StepPlan] = []
        uncertain: set[str] = set()
        for name in topological(nodes):
            step = by_name[name]
            planned = self._step(definition, step, known, above)
            if not planned.certain or step.on_failure is RecoveryPolicy.CONTINUE or _reads(step) & uncertain:
                # What may be left out, or may fail without failing the run, leaves out what reads it.
                uncertain.add(name)
                planned = _may_be_left_out(planned)
            steps.append(planned)
        least, most = history_events(nodes)
        return RunPlan(budget, timeout_seconds, tuple(steps), Range(least, most, most))

    def _step(self, definition: TaskDefinition, step: Step, known: KnownInput, above: tuple[str, ...]) -> StepPlan:
        """`runs` NONE where its condition is false; a step that will fail asks nothing, and says so."""
        try:
            often = _runs_of(step, known)
            if often.runs.most == 0:
                return _plan(definition, step, often)
            return self._running(definition, step, often, known, above)
        except ExpressionError as error:
            remarks = Remarks(would_fail=(Remark(step.name, str(error)),))
            return _plan(definition, step, _LEFT_OUT, remarks=remarks)

    def _running(
        self,
        definition: TaskDefinition,
        step: Step,
        often: "_Often",
        known: KnownInput,
        above: tuple[str, ...],
    ) -> StepPlan:
        contexts = often.contexts
        remarks, calls, unknown, below = Remarks(), list[Calls](), False, None
        try:
            calls = calls_of(step, contexts)
        except (ModelUnknown, OutOfTime):
            unknown = True
            remarks += Remarks(unbounded=(Remark(step.name, "only the run knows which model it asks"),))
        if asking := [name for _, name in step.named_tools(()) if name in TOOLS and TOOLS[name].calls_models]:
            unknown = True
            reason = f"only the run knows how much {asking[0]} asks of models"
            remarks += Remarks(unbounded=(Remark(step.name, reason),))
        remarks += Remarks(loose=tuple(Remark(step.name, one.loose) for one in calls if one.loose))
        if isinstance(step, RunStep):
            below, more = self._below_of(step, contexts, known, above)
            remarks, unknown = remarks + more, below is None and not more.would_fail
        return _plan(definition, step, often, calls=calls, unknown=unknown, below=below, remarks=remarks)

    def _below_of(
        self, step: RunStep, contexts: Contexts, known: KnownInput, above: tuple[str, ...]
    ) -> tuple[RunsBelow | None, Remarks]:
        """The runs that the step starts; None with the reason where they cannot be told."""
        found = self._below.find(step.task, above)
        if isinstance(found, str):
            kind = Remark(step.name, found)
            return None, Remarks(would_fail=(kind,)) if self._below.is_missing(step.task) else Remarks((kind,))
        plans = self._below.plans(self.run, step, found, _inputs_of(step, contexts), known, above)
        if plans is None:
            return None, Remarks((Remark(step.name, "more steps stand below it than are looked at"),))
        return RunsBelow(plans, Range(1, step.retry.attempts, 1)), Remarks()


@dataclass(frozen=True, slots=True)
class _Often:
    """How often a step runs, and what its expressions read each time; `certain`: it is not left out."""

    runs: Range
    contexts: Contexts
    certain: bool = True


_LEFT_OUT = _Often(NONE, Contexts((), 0.0), certain=False)


def _runs_of(step: Step, known: KnownInput) -> _Often:
    """`ExpressionError` as the run would raise it."""
    once = known.contexts()
    held = True if step.when is None else _value(step.when, once, "when")
    if held is False:
        return _LEFT_OUT
    if not isinstance(held, bool | _Unknown):
        raise ExpressionError(f"/when: {step.when} gives neither true nor false, and a condition must")
    certain = held is True
    if step.foreach is None:
        return _Often(ONCE if certain else ONCE.or_nothing(), once, certain)
    items = _value(step.foreach, once, "foreach")
    if isinstance(items, _Unknown):
        return _Often(Range(0, MAX_ITEMS, MAX_ITEMS), Contexts((), known.until), certain)
    if not isinstance(items, list):
        raise ExpressionError(f"/foreach: {step.foreach} gives no list; write || `[]` where there may be none")
    if len(items) > MAX_ITEMS:
        raise ExpressionError(f"/foreach: {step.foreach} gives {len(items)} items, and {MAX_ITEMS} are taken")
    runs = exactly(len(items))
    return _Often(runs if certain else runs.or_nothing(), known.contexts(items), certain)


class _Unknown:
    """Stands for a value that only the run knows."""


def _value(expression: str, contexts: Contexts, at: str) -> Any:
    return contexts.values(expression, at)[0] if contexts.know(expression) else _Unknown()


def _inputs_of(step: RunStep, contexts: Contexts) -> list[Mapping[str, Any]] | None:
    """The inputs of the runs that it starts, each once; None where only the run knows them."""
    if not contexts.all or not contexts.know(step.input):
        return None
    try:
        values = contexts.values(step.input, "input")
    except OutOfTime:
        return None
    if wrong := [value for value in values if not isinstance(value, dict)]:
        raise ExpressionError(
            f"/input: {step.input} gives {quoted(wrong[0])[:80]}, and the input of a run is an object"
        )
    return values


def _plan(
    definition: TaskDefinition,
    step: Step,
    often: _Often,
    *,
    calls: list[Calls] | None = None,
    unknown: bool = False,
    below: RunsBelow | None = None,
    remarks: Remarks | None = None,
) -> StepPlan:
    runs = often.runs
    at_once = (step.max_parallel or ITEMS_AT_ONCE) if step.foreach is not None else 1
    rounds = Range(
        math.ceil(runs.least / at_once),
        None if runs.most is None else math.ceil(runs.most / at_once),
        None if runs.smooth is None else math.ceil(runs.smooth / at_once),
    )
    waits = tuple(Remark(step.name, reason) for reason in _waits_for_people(definition, step)) if runs.most else ()
    return StepPlan(
        name=step.name,
        kind=StepKind(step.kind),
        needs=tuple(step.needs),
        certain=often.certain,
        runs=runs,
        rounds=rounds,
        seconds=_seconds_of(step),
        # A step that starts a run gives its budget to that run.
        budget=None if isinstance(step, RunStep) else step.budget,
        calls=tuple(calls or ()),
        asks_unknown=unknown,
        below=below,
        remarks=(remarks or Remarks()) + Remarks(unbounded=waits),
    )


def _may_be_left_out(step: StepPlan) -> StepPlan:
    return replace(step, certain=False, runs=step.runs.or_nothing(), rounds=step.rounds.or_nothing())


def _reads(step: Step) -> frozenset[str]:
    return names_read(step.templates())


def _seconds_of(step: Step) -> Range:
    """The step's own clock: a person's time is not on it, and that of a run below is that run's."""
    if isinstance(step, ApprovalStep | RunStep):
        return NONE
    return Range(0, step.timeout_seconds, step.timeout_seconds)


def _waits_for_people(definition: TaskDefinition, step: Step) -> list[str]:
    found = []
    if isinstance(step, ApprovalStep):
        found.append(f"{_PEOPLE} ({step.expires_in} s at most)")
    if isinstance(step, AgentStep) and step.approval_rules():
        longest = max(rule.expires_in for rule in step.approval_rules().values())
        found.append(f"{_PEOPLE} ({longest} s at most for each call of a tool that is approved)")
    if definition.may_be_in_doubt(step):
        found.append(f"if nobody knows what a call of its tool did, {_PEOPLE}")
    return found
