"""Adds up what a planned run takes, with the bounds that the gateway gives for each kind of its calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from control_plane.execution.estimates.calls import Calls
from control_plane.execution.estimates.planned import Remark, Remarks, RunPlan, StepPlan
from control_plane.execution.estimates.ranges import NONE, Range, either
from foundation.contracts.gateway.call_estimates import CallBounds, CallShape
from foundation.contracts.steps.base import Budget

Bounds = Mapping[CallShape, CallBounds]
_NOBODY_KNOWS = Range(0, None, None)


@dataclass(frozen=True, slots=True)
class Figures:
    """What is asked of models: tokens, nano-dollars, and how often."""

    tokens: Range = NONE
    nano_usd: Range = NONE
    turns: Range = NONE

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(self.tokens + other.tokens, self.nano_usd + other.nano_usd, self.turns + other.turns)

    def times(self, count: Range) -> "Figures":
        return Figures(self.tokens.times(count), self.nano_usd.times(count), self.turns.times(count))

    def within(self, budget: Budget) -> "Figures":
        """Under a budget that is held to."""
        return Figures(self.tokens.within(budget.tokens), self.nano_usd.within(budget.nano()), self.turns)


@dataclass(frozen=True, slots=True)
class StepSum:
    """A step with all the times that it runs."""

    plan: StepPlan
    figures: Figures
    seconds: Range
    events: Range
    remarks: Remarks


@dataclass(frozen=True, slots=True)
class RunSum:
    """A run with all of its steps, and with the runs below it."""

    figures: Figures
    seconds: Range
    events: Range
    steps: tuple[StepSum, ...]
    remarks: Remarks


class Summing:
    """Adds up runs, each plan once. `budgets_hold`: no call is admitted beyond a budget, whatever is away."""

    def __init__(self, bounds: Bounds, *, budgets_hold: bool) -> None:
        self._bounds = bounds
        self._budgets_hold = budgets_hold
        self._known: dict[int, RunSum] = {}

    def run(self, plan: RunPlan) -> RunSum:
        if (known := self._known.get(id(plan))) is None:
            known = self._known[id(plan)] = self._run(plan)
        return known

    def _run(self, plan: RunPlan) -> RunSum:
        steps = tuple(self._step(step) for step in plan.steps)
        figures, remarks, events = Figures(), Remarks(), plan.events
        for one in steps:
            figures += one.figures
            remarks += one.remarks
            events = _fuller(events, one.events)
        return RunSum(
            self._within(figures, plan.budget),
            # Waiting for a worker or a slot is on the run's clock and in no step's, so only the run's end bounds it.
            Range(0, plan.timeout_seconds, min(_longest_path(steps), plan.timeout_seconds)),
            events,
            steps,
            remarks,
        )

    def _step(self, plan: StepPlan) -> StepSum:
        figures, seconds, events, remarks = Figures(), plan.seconds, NONE, plan.remarks
        for calls in plan.calls:
            figures += _calls(calls, self._bounds)
        remarks += Remarks(would_fail=_refused(plan, self._bounds))
        if plan.asks_unknown:
            figures = Figures(_NOBODY_KNOWS, _NOBODY_KNOWS, _NOBODY_KNOWS)
        if plan.below is not None:
            sums = [self.run(one) for one in plan.below.plans]
            figures = _either([one.figures for one in sums]).times(plan.below.count)
            seconds = either([one.seconds for one in sums])
            events = either([one.events for one in sums])
            for one in sums:
                remarks += one.remarks.below(plan.name)
        figures = self._within(figures, plan.budget)
        return StepSum(plan, figures.times(plan.runs), seconds.times(plan.rounds), events, remarks)

    def _within(self, figures: Figures, budget: Budget | None) -> Figures:
        if budget is None or not self._budgets_hold:
            return figures
        return figures.within(budget)


def _calls(calls: Calls, bounds: Bounds) -> Figures:
    """All of one kind; each may be of any of its shapes."""
    each = [_one(bounds[shape]) for shape in calls.shapes]
    return _either(each).times(calls.count)


def _one(bound: CallBounds) -> Figures:
    turns = Range(1, 1, 1)
    return Figures(
        Range(bound.least.tokens, bound.most.tokens, bound.smooth.tokens),
        Range(bound.least.nano_usd, bound.most.nano_usd, bound.smooth.nano_usd),
        turns,
    )


def _either(figures: Sequence[Figures]) -> Figures:
    return Figures(
        either([one.tokens for one in figures]),
        either([one.nano_usd for one in figures]),
        either([one.turns for one in figures]),
    )


def _refused(plan: StepPlan, bounds: Bounds) -> tuple[Remark, ...]:
    reasons = (bounds[shape].refused for calls in plan.calls for shape in calls.shapes)
    return tuple(Remark(plan.name, reason) for reason in dict.fromkeys(reasons) if reason is not None)


def _longest_path(steps: Sequence[StepSum]) -> int:
    """Seconds until the last step has ended, if each begins as soon as it may; the steps are in topological order."""
    ends: dict[str, int] = {}
    for step in steps:
        begins = max((ends[need] for need in step.plan.needs), default=0)
        ends[step.plan.name] = begins + (step.seconds.smooth or 0)
    return max(ends.values(), default=0)


def _fuller(one: Range, other: Range) -> Range:
    """Of the events of two executions, those of the fuller one."""
    most = None if one.most is None or other.most is None else max(one.most, other.most)
    smooth = None if one.smooth is None or other.smooth is None else max(one.smooth, other.smooth)
    return Range(max(one.least, other.least), most, smooth)
