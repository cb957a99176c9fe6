"""Names of a definition that could be taken for one another, or for another task's: refused when they are given."""

from collections.abc import Sequence

from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.accepted.shown_text import as_read, mixed_alphabets_in
from foundation.contracts.definition import TaskDefinition
from foundation.contracts.steps.base import Place
from foundation.contracts.steps.crew import CrewStep
from foundation.domain.errors import Fault
from foundation.domain.words.quoting import quoted


def name_faults(definition: TaskDefinition) -> list[Fault]:
    """Of the task's own name, of its steps, and of the agents and tasks of its crews."""
    faults = [Fault("/name", why)] if (why := mixed_alphabets_in(definition.name)) else []
    faults += _alike([step.name for step in definition.steps], ("steps",), "step")
    for place, step in enumerate(definition.steps):
        if isinstance(step, CrewStep):
            faults += _alike([agent.name for agent in step.agents], ("steps", place, "agents"), "agent")
            faults += _alike([task.name for task in step.tasks], ("steps", place, "tasks"), "task")
    return faults


def _alike(names: Sequence[str], at: Place, noun: str) -> list[Fault]:
    """One for each name that reads as an earlier one does without being it; equal names are told elsewhere."""
    read = [as_read(name) for name in names]
    return [
        Fault(
            pointer_of((*at, place, "name")),
            f"{quoted(name)} reads the same as {quoted(names[first])}, the name of {noun} {first}; give it another one",
        )
        for place, name in enumerate(names)
        if (first := read.index(read[place])) != place and names[first] != name
    ]
