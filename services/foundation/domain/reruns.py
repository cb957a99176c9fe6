"""Which steps of a run run again, and which of them go on where they stopped: what a retry and a fork are made of."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from foundation.domain.states import StepKind, StepStatus


@dataclass(frozen=True, slots=True)
class StandingStep:
    """A step as it stands in its run."""

    name: str
    kind: StepKind
    status: StepStatus
    needs: tuple[str, ...]
    excused: bool = False
    """The run may complete although this step did not succeed."""

    @property
    def settled(self) -> bool:
        """Whether the run needs nothing more of it, as long as what it needs stands too."""
        return self.status is StepStatus.SUCCESS or self.excused


@dataclass(frozen=True, slots=True)
class StepRerun:
    """How a step that ended runs again."""

    afresh: bool
    """It begins anew, as what it had came from other inputs or was its answer; else it goes on where it stopped."""
    new_turn: bool
    """Its calls and jobs get the number of the next turn, so that what they gave before is not read again."""


def below(steps: Sequence[StandingStep], names: Iterable[str]) -> frozenset[str]:
    """The named steps and every step that needs one of them, directly or not. `steps` are in topological order."""
    reached = set(names)
    for step in steps:
        if not reached.isdisjoint(step.needs):
            reached.add(step.name)
    return frozenset(reached)


def steps_to_retry(steps: Sequence[StandingStep], *, named: Collection[str]) -> Mapping[str, StepRerun]:
    """The steps that a retry runs again: the named ones, without names those that are not settled, and all below them.

    What any of these needs and is not settled runs again too, or they could not. `steps` are in topological order, and
    so is the answer.
    """
    again = below(steps, named or [step.name for step in steps if not step.settled])
    while missing := _unsettled_needs(steps, again):
        again = below(steps, again | missing)
    return {step.name: _rerun(step, again) for step in steps if step.name in again}


def _unsettled_needs(steps: Sequence[StandingStep], again: frozenset[str]) -> frozenset[str]:
    """What the steps that run again need, although it neither stands nor runs again."""
    needed = {need for step in steps if step.name in again for need in step.needs}
    return frozenset(step.name for step in steps if step.name in needed - again and not step.settled)


def _rerun(step: StandingStep, again: frozenset[str]) -> StepRerun:
    afresh = step.settled or not again.isdisjoint(step.needs)
    if step.status is StepStatus.SUCCESS:
        return StepRerun(afresh, new_turn=False)  # its end has moved its turn on already
    # What an agent or a crew has asked is replayed, so that no tool call of theirs is repeated. A model that was
    # interrupted may have answered, and been paid, already; a tool has no part of a job that another job could go on
    # with.
    acts = step.kind in {StepKind.AGENT, StepKind.CREW}
    goes_on = acts or (step.kind is StepKind.LLM and step.status is StepStatus.CANCELLED)
    return StepRerun(afresh, new_turn=afresh or not goes_on)


def steps_to_copy(steps: Sequence[StandingStep], *, start: str) -> frozenset[str]:
    """The steps that a fork from `start` takes over as they ended: the settled ones that do not run again.

    `start` and what is below it run again. An approval above any of these does so too, with all that is below it: the
    people decided on what followed then, once. Of the others only those whose needs are taken over as well are. `steps`
    are in topological order.
    """
    again = below(steps, [start])
    approvals = [step.name for step in steps if step.kind is StepKind.APPROVAL]
    while asked := [name for name in approvals if name not in again and not again.isdisjoint(below(steps, [name]))]:
        again |= below(steps, asked)
    copied: set[str] = set()
    for step in steps:
        if step.settled and step.name not in again and copied.issuperset(step.needs):
            copied.add(step.name)
    return frozenset(copied)


def first_again(steps: Sequence[StandingStep], again: Collection[str]) -> list[str]:
    """Of the steps that run again, those that need none of the others."""
    chosen = frozenset(again)
    return [step.name for step in steps if step.name in chosen and chosen.isdisjoint(step.needs)]
