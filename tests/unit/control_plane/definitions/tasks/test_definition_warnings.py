"""What can be run and hardly be meant is told with its place, in these very words; what is meant is not."""

from typing import Any

import pytest

from control_plane.definitions.analysis.constants import constant_warnings
from control_plane.definitions.analysis.contradictions import contradiction_warnings
from control_plane.definitions.analysis.worst_case import WorstCase, worst_case
from control_plane.definitions.tasks.reading import read_definition

NOOP = {"name": "a", "kind": "noop"}
LLM = {"name": "a", "kind": "llm", "prompt": "x"}
AGENT = {"name": "a", "kind": "agent", "instructions": "x"}
CODE = {"name": "a", "kind": "tool", "tool": "code.python", "arguments": {"code": "print(1)"}}
ASK = {"kind": "approval", "message": "May it?"}
DAYS = 86_400


def after(step: dict[str, Any], *needs: str, name: str = "b", **more: Any) -> dict[str, Any]:
    return {**step, "name": name, "needs": list(needs), **more}


TABLE: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a condition is always false": (
        {"steps": [{**NOOP, "when": "${`1` == `2`}"}]},
        ["/steps/0/when: the step never runs: its condition is always false"],
    ),
    "a condition is always true": (
        {"steps": [{**NOOP, "when": "${`true`}"}]},
        ["/steps/0/when: the condition is always true; leave it out"],
    ),
    "what reads a step that never runs never runs, nor what reads that": (
        {
            "steps": [
                {**NOOP, "when": "${`false`}"},
                after(LLM, "a", prompt="Say ${steps.a.output.text} to ${input.name}"),
                after(LLM, "b", name="c", prompt="${steps.b.output.text}"),
            ]
        },
        [
            "/steps/0/when: the step never runs: its condition is always false",
            (
                "/steps/1/prompt: the step never runs: it reads the output of step 'a', which never runs;"
                " write ${steps.a.output.text || 'default'} where it is to run without it"
            ),
            (
                "/steps/2/prompt: the step never runs: it reads the output of step 'b', which never runs;"
                " write ${steps.b.output.text || 'default'} where it is to run without it"
            ),
        ],
    ),
    "a condition on a step that never runs is constant": (
        {
            "steps": [
                {**NOOP, "when": "${`false`}"},
                after(NOOP, "a", when="${steps.a.output != `null`}"),
                after(NOOP, "a", name="c", when="${steps.a.output == `null`}"),
            ]
        },
        [
            "/steps/0/when: the step never runs: its condition is always false",
            "/steps/1/when: the step never runs: its condition is always false",
            "/steps/2/when: the condition is always true; leave it out",
        ],
    ),
    "a list is always empty": (
        {"steps": [{**NOOP, "foreach": "${`[]`}"}]},
        ["/steps/0/foreach: the list is always empty, so that the step runs for no item"],
    ),
    "conditions that end an agent are constant": (
        {"steps": [{**AGENT, "stop_when": ["${`1` < `2`}", "${`false`}", "${turn > `3`}"]}]},
        [
            "/steps/0/stop_when/0: the condition is always true: the agent ends with its first turn",
            "/steps/0/stop_when/1: the condition is always false: it never ends the agent; leave it out",
        ],
    ),
    "a step has more time than its run": (
        {"timeout_seconds": 60, "steps": [{**NOOP, "timeout_seconds": 90}]},
        ["/steps/0/timeout_seconds: the step may take 90 s and its run 60: the run ends first"],
    ),
    "a tool has more time than its step": (
        {"steps": [{**CODE, "timeout_seconds": 20, "arguments": {"code": "1", "timeout_seconds": 30}}]},
        ["/steps/0/arguments/timeout_seconds: the tool may take 30 s and its step 20: the step ends first"],
    ),
    "steps that fit by themselves do not one after another": (
        {
            "timeout_seconds": 100,
            "steps": [
                {**NOOP, "timeout_seconds": 60},
                after(NOOP, "a", timeout_seconds=60),
                {"name": "beside", "kind": "noop", "timeout_seconds": 90},
            ],
        },
        [
            (
                "/timeout_seconds: steps a -> b may take 120 s one after another, and their run 100:"
                " the run may end before them"
            )
        ],
    ),
    "approvals wait longer than a run may last": (
        {
            "steps": [
                {**ASK, "name": "a", "expires_in": 20 * DAYS},
                after(ASK, "a", expires_in=20 * DAYS),
            ]
        },
        [
            (
                "/steps/1/expires_in: approvals a -> b may wait for 3456000 s one after another,"
                " and a run ends after 30 days"
            )
        ],
    ),
    "a step has a larger budget than its run": (
        {
            "budget": {"tokens": 100, "cost_usd": "0.5"},
            "steps": [{**LLM, "budget": {"tokens": 101, "cost_usd": "0.75"}}],
        },
        [
            "/steps/0/budget/tokens: the step may use 101 tokens and its run 100: the run's are used up first",
            "/steps/0/budget/cost_usd: the step may cost 0.75 dollars and its run 0.5: the run's are used up first",
        ],
    ),
    "nothing is wrong with what depends on the input": (
        {
            "budget": {"tokens": 100},
            "steps": [
                {**NOOP, "when": "${input.go}", "foreach": "${input.rows || `[]`}"},
                after(LLM, "a", when="${steps.a.output != `null`}", prompt="${steps.a.output[0] || 'none'}"),
                after(LLM, "b", name="c", prompt="${steps.b.output.text}", budget={"tokens": 100}),
            ],
        },
        [],
    ),
    "time-outs that nobody wrote contradict nothing": (
        {"timeout_seconds": 60, "steps": [NOOP, after(NOOP, "a")]},
        [],
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_a_definition_is_warned_about(name: str) -> None:
    document, told = TABLE[name]
    definition = read_definition({"name": "t", **document})
    assert [str(one) for one in [*constant_warnings(definition), *contradiction_warnings(definition)]] == told


def test_the_worst_case_is_what_the_definition_alone_allows() -> None:
    definition = read_definition(
        {
            "name": "t",
            "budget": {"tokens": 5000, "cost_usd": "0.25"},
            "steps": [
                {**AGENT, "max_turns": 7, "timeout_seconds": 100},
                after(LLM, "a", foreach="${input.rows}", timeout_seconds=50),
                after(LLM, "a", name="c", foreach="${`[1, 2]`}", timeout_seconds=20),
                after(ASK, "b", name="d", expires_in=60, timeout_seconds=10),
            ],
        }
    )
    found = worst_case(definition)
    assert found == WorstCase(
        turns=7 + 1000 + 2, events=found.events, seconds=160, wait_seconds=60, tokens=5000, cost_usd="0.25"
    )
    assert 0 < found.events <= 25_000


def test_without_a_budget_a_cost_has_no_bound_and_without_models_it_is_none() -> None:
    asks = worst_case(read_definition({"name": "t", "steps": [LLM]}))
    assert (asks.turns, asks.tokens, asks.cost_usd) == (1, None, None)
    idle = worst_case(read_definition({"name": "t", "steps": [NOOP]}))
    assert (idle.turns, idle.tokens, idle.cost_usd) == (0, 0, "0")
    below = worst_case(read_definition({"name": "t", "steps": [{"name": "a", "kind": "run", "task": "other"}]}))
    assert (below.turns, below.cost_usd) == (None, None)
