"""Plans: any graph is either ordered or refused with the fault that keeps it from being one."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from foundation.domain.plan import (
    HISTORY_EVENTS,
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


@given(st.lists(st.integers(1, 400), min_size=1, max_size=120))
def test_turns_per_dispatch_is_the_smallest_that_fits_the_history(turns: list[int]) -> None:
    nodes = [Node(f"s{place}", turns=count) for place, count in enumerate(turns)]

    def worst(per_dispatch: int) -> int:
        events = [-(-count // per_dispatch) * 8 + 4 for count in turns]
        return sum(events) if len(turns) <= INLINE_STEPS else max(events)

    found = turns_per_dispatch(nodes)
    assert found is not None
    assert worst(found) <= HISTORY_EVENTS - 500
    assert found == 1 or worst(found - 1) > HISTORY_EVENTS - 500
