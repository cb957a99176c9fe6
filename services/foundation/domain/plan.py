"""The plan of a run: a directed acyclic graph of named steps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter

from foundation.domain.errors import Fault
from foundation.domain.words.quoting import quoted

# Step Functions' quotas are part of the plan, because an execution that passes one of them is ended by AWS.
INLINE_STEPS = 40
"""The branches that an inline Map of Step Functions can run at once; larger plans take the distributed Map."""

HISTORY_EVENTS = 25_000
"""Events that one execution's history may have."""
EVENTS_RESERVED = 500
"""History events kept for what is not a tick: the run's beginning and end, and messages that are sent again."""
EVENTS_PER_TICK = 10
"""History events of a tick: six of the task, two of the choice after it, two of the state that follows."""
EVENTS_PER_STEP = 2
"""The beginning and the end of its iteration in the Map."""
EVENTS_PER_EXPANSION = 30
"""History events of a step that expands: a tick before its items and one after, and the Map between them."""


@dataclass(frozen=True, slots=True)
class Node:
    """A step as a node of the graph: its name, the steps that it needs, and how many turns it may take.

    One that `expands` runs once for each item of a list, in executions of their own; `turns` is then that of an item.
    """

    name: str
    needs: tuple[str, ...] = ()
    turns: int = 1
    expands: bool = False


def faults_of(nodes: Iterable[Node]) -> list[Fault]:
    """The reasons why the nodes are no plan: duplicate names, missing needs, cycles (named in order)."""
    nodes = list(nodes)
    names = [node.name for node in nodes]
    faults = [
        Fault(f"/steps/{index}/name", f"the name {quoted(name)} is taken by step {names.index(name)}")
        for index, name in enumerate(names)
        if names.index(name) != index
    ]
    for index, node in enumerate(nodes):
        for place, need in enumerate(node.needs):
            pointer = f"/steps/{index}/needs/{place}"
            if need == node.name:
                faults.append(Fault(pointer, "a step cannot wait for itself"))
            elif need not in names:
                faults.append(Fault(pointer, f"no step is named {quoted(need)}"))
            elif node.needs.index(need) != place:
                faults.append(Fault(pointer, f"{quoted(need)} is needed twice"))
    if not faults and (cycle := cycle_of(nodes)):
        faults.append(Fault("/steps", f"these steps wait for each other: {' -> '.join(cycle)}"))
    return faults


def cycle_of(nodes: Iterable[Node]) -> list[str]:
    """A cycle in the order in which each step waits for the one before it, from the one defined first; [] if none."""
    nodes = list(nodes)
    names = [node.name for node in nodes]
    try:
        topological(nodes)
    except CycleError as error:
        *cycle, _ = error.args[1]
        start = cycle.index(min(cycle, key=names.index))
        return [*cycle[start:], *cycle[:start], cycle[start]]
    return []


def topological(nodes: Iterable[Node]) -> list[str]:
    """The names in an order in which each step follows its needs; ties keep the definition's order. CycleError."""
    nodes = list(nodes)
    sorter = TopologicalSorter({node.name: node.needs for node in nodes})
    sorter.prepare()
    place = {node.name: index for index, node in enumerate(nodes)}
    ordered: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=place.__getitem__)
        ordered.extend(ready)
        sorter.done(*ready)
    return ordered


def transitive_needs(nodes: Iterable[Node]) -> Mapping[str, frozenset[str]]:
    """For each step, everything that has ended before it may start."""
    by_name = {node.name: node for node in nodes}
    closure: dict[str, frozenset[str]] = {}
    for name in topological(by_name.values()):
        direct = by_name[name].needs
        closure[name] = frozenset(direct).union(*(closure[need] for need in direct))
    return closure


def known_needs(nodes: Iterable[Node]) -> Mapping[str, frozenset[str]]:
    """`transitive_needs` of what may be no plan: what is no step counts as no need, and in a cycle all are needed."""
    nodes = list(nodes)
    names = frozenset(node.name for node in nodes)
    known = [replace(one, needs=tuple(need for need in one.needs if need in names - {one.name})) for one in nodes]
    try:
        return transitive_needs(known)
    except CycleError:
        return dict.fromkeys(names, names)


def turns_per_dispatch(nodes: Iterable[Node]) -> int | None:
    """The smallest number of turns a dispatch must take for the worst case to fit one execution's history.

    None when even one dispatch per step does not fit. Plans above `INLINE_STEPS` run each step in its own
    child execution, so only the longest step counts.
    """
    nodes = list(nodes)
    room = HISTORY_EVENTS - EVENTS_RESERVED
    for turns in range(1, max((node.turns for node in nodes), default=1) + 1):
        if max(_events_of(nodes, turns)) <= room:
            return turns
    return None


def history_events(nodes: Iterable[Node]) -> tuple[int, int]:
    """The least and the most history events of the fullest execution of a run of this plan, which completes."""
    nodes = list(nodes)
    most = max(_events_of(nodes, turns_per_dispatch(nodes) or 1)) + EVENTS_RESERVED
    a_step = EVENTS_PER_TICK + EVENTS_PER_STEP
    return (a_step if len(nodes) > INLINE_STEPS else a_step * len(nodes)), most


def _events_of(nodes: list[Node], turns: int) -> list[int]:
    """The history events of each execution of the plan, with so many turns a dispatch."""
    ticks = {node.name: -(-node.turns // turns) * EVENTS_PER_TICK + EVENTS_PER_STEP for node in nodes}
    own = [EVENTS_PER_EXPANSION + EVENTS_PER_STEP if node.expands else ticks[node.name] for node in nodes]
    items = [ticks[node.name] for node in nodes if node.expands]
    return [*items, *(own if len(nodes) > INLINE_STEPS else [sum(own)])]
