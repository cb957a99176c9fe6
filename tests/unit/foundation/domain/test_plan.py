"""Plans: any graph is either ordered or refused with the fault that keeps it from being one."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.domain.plan import (
    INLINE_STEPS,
    Node,
    faults_of,
    topological,
    transitive_needs,
    turns_per_dispatch,
)


@st.composite
def acyclic(draw: st.DrawFn) -> list[Node]:
    """Nodes that need only nodes drawn before them, in any order of definition."""
    count = draw(st.integers(1, 12))
    nodes = [
        Node(
            f"s{place}", tuple(f"s{need}" for need in sorted(draw(st.sets(st.integers(0, place - 1))))) if place else ()
        )
        for place in range(count)
    ]
    return draw(st.permutations(nodes))


@st.composite
def graphs(draw: st.DrawFn) -> list[Node]:
    """Any graph: needs may be missing, repeated, or go in circles; names may repeat."""
    names = draw(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=8))
    needs = st.lists(st.sampled_from("abcdefghx"), max_size=3)
    return [Node(name, tuple(draw(needs))) for name in names]


@given(acyclic())
def test_what_can_be_ordered_is_ordered_and_has_no_fault(nodes: list[Node]) -> None:
    assert faults_of(nodes) == []
    order = topological(nodes)
    assert sorted(order) == sorted(node.name for node in nodes)
    for node in nodes:
        assert all(order.index(need) < order.index(node.name) for need in node.needs)


@given(acyclic())
def test_transitive_needs_are_closed_and_never_hold_the_step_itself(nodes: list[Node]) -> None:
    closure = transitive_needs(nodes)
    for node in nodes:
        assert node.name not in closure[node.name]
        for need in node.needs:
            assert need in closure[node.name]
            assert closure[need] <= closure[node.name]


@given(graphs())
def test_every_graph_is_ordered_or_refused(nodes: list[Node]) -> None:
    faults = faults_of(nodes)
    if not faults:
        order = topological(nodes)
        assert all(order.index(need) < order.index(node.name) for node in nodes for need in node.needs)
    for fault in faults:
        assert fault.pointer.startswith("/steps")
        assert fault.detail


@given(st.integers(2, 9), st.data())
def test_a_cycle_is_named_in_order_from_the_step_defined_first(length: int, data: st.DataObject) -> None:
    ring = [Node(f"s{place}", (f"s{(place - 1) % length}",)) for place in range(length)]
    nodes = data.draw(st.permutations(ring))
    (fault,) = faults_of(nodes)
    named = fault.detail.rsplit(": ", 1)[1].split(" -> ")
    assert named[0] == named[-1] == nodes[0].name
    needs = {node.name: node.needs for node in nodes}
    assert all(before in needs[after] for before, after in pairwise(named))


# An execution has room for 24,500 events of ticks, at ten a tick and two a step: 2,449 ticks of one step, 61 of forty.
@pytest.mark.parametrize(
    ("steps", "turns", "a_dispatch"),
    [
        (0, 1, 1),
        (1, 1, 1),
        (1, 2449, 1),
        (1, 2450, 2),
        (40, 61, 1),
        (40, 62, 2),
        (40, 400, 7),  # 58 ticks of seven turns fit; 67 of six do not
    ],
)
def test_a_dispatch_takes_as_many_turns_as_the_history_of_one_execution_needs(
    steps: int, turns: int, a_dispatch: int
) -> None:
    assert turns_per_dispatch([Node(f"s{place}", turns=turns) for place in range(steps)]) == a_dispatch


def test_steps_of_a_large_plan_have_a_history_each() -> None:
    assert turns_per_dispatch([Node(f"s{place}", turns=400) for place in range(41)]) == 1


def test_one_long_step_makes_every_dispatch_of_the_plan_longer() -> None:
    long, short = Node("long", turns=2400), [Node(f"s{place}", turns=40) for place in range(39)]
    assert turns_per_dispatch([long]) == 1
    # 24,002 for the long one, and 402 for each of the others: more than there is, until two turns are taken at once.
    assert turns_per_dispatch([long, *short]) == 2


def test_items_have_histories_of_their_own_and_their_step_takes_a_few_events_of_the_run() -> None:
    many = [Node(f"s{place}", turns=200, expands=True) for place in range(INLINE_STEPS)]
    assert turns_per_dispatch(many) == 1
    assert turns_per_dispatch([replace(node, expands=False) for node in many]) == 4
    assert turns_per_dispatch([Node("long", turns=4_000, expands=True)]) == 2
