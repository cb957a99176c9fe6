"""A run is one trace, from the API to what its tools asked for, and the trace is one tree."""

from typing import Any

import pytest

from fixtures.running.stack import Member, Stack, new_member
from fixtures.traces.run_traces import Span, roots, settled, spans_of, traced_run

pytestmark = pytest.mark.stack

SERVICES = {
    "control_plane",
    "init_run",
    "finalize_run",
    "orchestrator",
    "llm_gateway",
    "tool_runtime",
    "tool_runtime.runner",
}
CHAIN = [
    "egress GET elsewhere.example",
    "run code.python",
    "launch code.python",
    "execute_tool code.python",
    "step tool ask",
    "POST /api/v1/runs",
]
"""From what a tool asks for to the call that started its run."""


@pytest.fixture(scope="module")
def traced(stack: Stack) -> tuple[Member, dict[str, Any], list[Span]]:
    member = new_member(stack)
    run = traced_run(member)
    assert run["status"] == "COMPLETED", run
    return member, run, settled(member, run["id"])


def above(span: Span, spans: list[Span]) -> list[str]:
    """The names from a span up to its root."""
    known = {one["span_id"]: one for one in spans}
    names = [span["name"]]
    while (parent := known.get(span["parent_span_id"])) is not None:
        span = parent
        names.append(span["name"])
    return names


def test_the_spans_of_all_services_are_one_tree(traced: tuple[Member, dict[str, Any], list[Span]]) -> None:
    _, run, spans = traced
    assert {span["service"] for span in spans} == SERVICES
    [root] = roots(spans)
    assert (root["name"], root["kind"], root["run_id"]) == ("POST /api/v1/runs", "server", run["id"])
    assert all(above(span, spans)[-1] == root["name"] for span in spans)
    assert len({span["span_id"] for span in spans}) == len(spans)


def test_what_a_tool_asks_for_stands_below_the_call_that_started_its_run(
    traced: tuple[Member, dict[str, Any], list[Span]],
) -> None:
    _, _, spans = traced
    [asked] = [span for span in spans if span["name"].startswith("egress")]
    assert above(asked, spans) == CHAIN
    assert asked["status"] == "error"
    assert asked["attributes"]["error.type"] == "host_not_allowed"


def test_each_attempt_at_a_provider_has_a_span_by_the_conventions_for_models(
    stack: Stack, traced: tuple[Member, dict[str, Any], list[Span]]
) -> None:
    _, run, spans = traced
    attempts = [span["attributes"] for span in spans if "gen_ai.provider.name" in span["attributes"]]
    with stack.superuser() as connection:
        events = connection.execute(
            """SELECT provider, model, input_tokens::int, output_tokens::int FROM llm_events
               WHERE run_id = %s AND kind = 'attempt'""",
            [run["id"]],
        ).fetchall()
    told = ("gen_ai.provider.name", "gen_ai.request.model", "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens")
    assert sorted(tuple(attempt[name] for name in told) for attempt in attempts) == sorted(events)
    assert {attempt["gen_ai.operation.name"] for attempt in attempts} == {"chat"}
    [agent] = {span["attributes"]["gen_ai.agent.name"] for span in spans if "gen_ai.agent.name" in span["attributes"]}
    assert agent == "explore"


def test_no_span_says_what_a_model_or_a_tool_was_told(traced: tuple[Member, dict[str, Any], list[Span]]) -> None:
    _, _, spans = traced
    said = str(spans)
    for content in ("Explore.", "Say this", "import json", "read_csv"):
        assert content not in said


def test_a_trace_in_pages_is_the_same_trace(traced: tuple[Member, dict[str, Any], list[Span]]) -> None:
    member, run, spans = traced
    assert spans_of(member, run["id"], limit=7) == spans
    assert spans == sorted(spans, key=lambda span: (span["started_at"], span["span_id"]))


def test_a_neighbour_sees_no_span_of_it_by_its_id(
    stack: Stack, traced: tuple[Member, dict[str, Any], list[Span]]
) -> None:
    member, run, spans = traced
    with member.api() as api:
        own = api.get(f"/traces/{run['trace_id']}").raise_for_status().json()
    assert {span["span_id"] for span in own["items"]} == {span["span_id"] for span in spans}
    with new_member(stack).api() as api:
        assert api.get(f"/traces/{run['trace_id']}").status_code == 404
        assert api.get(f"/runs/{run['id']}/trace").status_code == 404
