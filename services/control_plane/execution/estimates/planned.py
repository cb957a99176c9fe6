"""What a run will do as far as its definition and its input tell: its steps, how often each runs, and what it asks."""

from dataclasses import dataclass

from control_plane.execution.estimates.calls import Calls
from control_plane.execution.estimates.ranges import Range
from foundation.contracts.gateway.call_estimates import CallShape
from foundation.contracts.steps.base import Budget
from foundation.domain.states import StepKind


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a step that the figures do not say."""

    step: str
    reason: str


MAX_REMARKS = 100
"""Of each kind that an estimate has; how many more there are is told."""


@dataclass(frozen=True, slots=True)
class Remarks:
    """What has no bound, what is bounded by the platform alone, and what will fail as things stand."""

    unbounded: tuple[Remark, ...] = ()
    loose: tuple[Remark, ...] = ()
    would_fail: tuple[Remark, ...] = ()
    left_out: int = 0

    def __add__(self, other: "Remarks") -> "Remarks":
        unbounded = tuple(dict.fromkeys(self.unbounded + other.unbounded))
        loose = tuple(dict.fromkeys(self.loose + other.loose))
        would_fail = tuple(dict.fromkeys(self.would_fail + other.would_fail))
        more = sum(max(0, len(kind) - MAX_REMARKS) for kind in (unbounded, loose, would_fail))
        return Remarks(
            unbounded[:MAX_REMARKS],
            loose[:MAX_REMARKS],
            would_fail[:MAX_REMARKS],
            self.left_out + other.left_out + more,
        )

    def below(self, step: str) -> "Remarks":
        """Those of the run that a step starts."""

        def placed(remarks: tuple[Remark, ...]) -> tuple[Remark, ...]:
            return tuple(Remark(f"{step}/{one.step}", one.reason) for one in remarks)

        return Remarks(placed(self.unbounded), placed(self.loose), placed(self.would_fail), self.left_out)


@dataclass(frozen=True, slots=True)
class StepPlan:
    """A step: how often it runs, what each time asks of models, and the seconds that workers hold it each time.

    `certain` is whether a run that completes has run it. `asks_unknown` is whether nobody knows what it asks. `rounds`
    are the times that it takes one after the other.
    """

    name: str
    kind: StepKind
    needs: tuple[str, ...]
    certain: bool
    runs: Range
    rounds: Range
    seconds: Range
    budget: Budget | None = None
    calls: tuple[Calls, ...] = ()
    asks_unknown: bool = False
    below: "RunsBelow | None" = None
    remarks: Remarks = Remarks()


@dataclass(frozen=True, slots=True, eq=False)
class RunPlan:
    """A run of a task: its limits, its steps in topological order, and the events of its fullest execution.

    A task that many steps start on the same input has one plan, so that plans are told apart by identity.
    """

    budget: Budget
    timeout_seconds: int
    steps: tuple[StepPlan, ...]
    events: Range

    def all_plans(self) -> "list[RunPlan]":
        """It and those below it, each once."""
        found, waiting = {id(self): self}, [self]
        while waiting:
            below = (step.below for step in waiting.pop().steps)
            for plan in (plan for one in below if one is not None for plan in one.plans):
                if id(plan) not in found:
                    found[id(plan)] = plan
                    waiting.append(plan)
        return list(found.values())

    def shapes(self) -> list[CallShape]:
        """Of every call that it or a run below it may make, each once."""
        steps = (step for plan in self.all_plans() for step in plan.steps)
        return list(dict.fromkeys(shape for step in steps for calls in step.calls for shape in calls.shapes))


@dataclass(frozen=True, slots=True)
class RunsBelow:
    """The runs that a step may start each time that it runs: one of these, again where it is tried again."""

    plans: tuple[RunPlan, ...]
    count: Range
