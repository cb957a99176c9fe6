"""The kinds of runs that go on under chaos, and what each must give when it completes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

BUDGET_TOKENS, BUDGET_USD = 200_000, "0.50"
"""Of each run; far above what any of them needs, so that a run that meets it is a fault."""
LEFT = "Leave this one."
"""The message of the requests that nobody decides."""
_COUNTED = "There are 344, and twice as many are 688."
_ANSWER = "import json, time; time.sleep({seconds}); json.dump({{'n': 42}}, open('/work/out/result.json', 'w'))"
_DOUBLES = "import json; print(json.load(open('/work/in/inputs.json'))['n'] * 2, end='')"
CHILD = "chaos child"
_SLOW = "fault-slow=0.3+like=crew-counter"
_SILENT = "fault-ttft=1.5+no-usage"
"""Answers late, and leaves out what it used, so that only the provider's report tells that."""


def program(name: str, *, seconds: float = 0.2, **step: Any) -> dict[str, Any]:
    arguments = {"code": _ANSWER.format(seconds=seconds)}
    return {"name": name, "kind": "tool", "tool": "code.python", "arguments": arguments, **step}


def doubling(name: str, value: str, **step: Any) -> dict[str, Any]:
    arguments = {"code": _DOUBLES, "inputs": {"n": value}}
    return {"name": name, "kind": "tool", "tool": "code.python", "arguments": arguments, **step}


def agent(name: str, **tool: Any) -> dict[str, Any]:
    """Takes three turns and makes three calls: two beside each other, then one."""
    tools = [{"name": "code.python", **tool}]
    return {"name": name, "kind": "agent", "model": _SLOW, "instructions": "Count.", "tools": tools}


def crew(name: str) -> dict[str, Any]:
    """Two agents in sequence, of whom the first runs programs."""
    return {
        "name": name,
        "kind": "crew",
        "agents": [
            {"name": "counter", "role": "Counter", "goal": "Count.", "model": "crew-counter", "tools": ["code.python"]},
            {"name": "editor", "role": "Editor", "goal": "Edit.", "model": "crew-editor"},
        ],
        "tasks": [
            {"name": "count", "description": "Count.", "expected_output": "A number.", "agent": "counter"},
            {"name": "edit", "description": "Edit.", "expected_output": "A page.", "agent": "editor"},
        ],
    }


@dataclass(frozen=True, slots=True)
class Kind:
    """`is_right` judges the output of a run that completed; `fork_from` is a step that a fork may begin with."""

    steps: list[dict[str, Any]]
    is_right: Callable[[dict[str, Any]], bool]
    fork_from: str
    share: int = 2
    input: Mapping[str, Any] = field(default_factory=dict)
    may_doubt: bool = False
    """Whether a tool of it must not run twice."""


KINDS: dict[str, Kind] = {
    "tool": Kind(
        [program("compute"), program("beside", seconds=1)],
        lambda out: out["compute"]["result"] == out["beside"]["result"] == {"n": 42},
        "beside",
    ),
    "llm": Kind(
        [
            program("compute"),
            {
                "name": "tell",
                "kind": "llm",
                "model": _SILENT,
                "needs": ["compute"],
                "prompt": "${steps.compute.output.result}",
            },
        ],
        lambda out: bool(out["tell"]["text"]),
        "tell",
    ),
    "agent": Kind([agent("count")], lambda out: out["count"]["text"] == _COUNTED, "count"),
    "crew": Kind(
        [crew("crew")],
        lambda out: [task["text"] for task in out["crew"]["tasks"]] == [_COUNTED, "The page, edited."],
        "crew",
        share=1,
    ),
    "approval": Kind(
        [
            {"name": "ask", "kind": "approval", "message": "Go on?"},
            doubling("act", "${length(steps.ask.output.decision)}", needs=["ask"]),
        ],
        lambda out: out["act"]["stdout"] == "14",
        "act",
    ),
    "approved calls": Kind(
        [agent("count", approve="always")], lambda out: out["count"]["text"] == _COUNTED, "count", share=1
    ),
    "foreach": Kind(
        [doubling("each", "${item}", foreach="${input.list}", max_parallel=2)],
        lambda out: [item["stdout"] for item in out["each"]] == ["2", "4", "6", "8"],
        "each",
        input={"list": [1, 2, 3, 4]},
    ),
    "sub-run": Kind(
        [{"name": "below", "kind": "run", "task": CHILD, "input": {"n": "${input.n}"}}],
        lambda out: out["below"]["double"]["stdout"] == "42",
        "below",
        input={"n": 21},
    ),
    "once": Kind(
        [program("send", seconds=3, effect="once"), {"name": "after", "kind": "noop", "needs": ["send"]}],
        lambda out: set(out) == {"after"},
        "after",
        share=6,
        may_doubt=True,
    ),
    "once agent": Kind(
        [agent("count", effect="once")], lambda out: bool(out["count"]["text"]), "count", share=1, may_doubt=True
    ),
    "branches": Kind(
        [
            {"name": "begin", "kind": "noop"},
            {"name": "left", "kind": "noop", "needs": ["begin"], "when": "${input.side == 'left'}"},
            {"name": "right", "kind": "noop", "needs": ["begin"], "when": "${input.side == 'right'}"},
            {"name": "reads", "kind": "noop", "needs": ["left"], "when": "${steps.left.output.attempt > `0`}"},
            {"name": "joined", "kind": "noop", "needs": ["left", "right"]},
        ],
        lambda out: set(out) == {"joined"},
        "joined",
        input={"side": "right"},
    ),
}
LEFT_ALONE = Kind([{"name": "ask", "kind": "approval", "message": LEFT, "roles": ["owner"]}], lambda _: False, "ask")
"""Waits for a named person until the end."""
CHILD_STEPS = [doubling("double", "${input.n}")]

MAY_FAIL_WITH = frozenset(
    {
        "worker_lost",
        "dependency_unavailable",
        "runner_lost",
        "job_lost",
        "outcome_unknown",
        "approval_rejected",
        "sub_run_failed",
        "items_failed",
        "dead_letter",
        "step_timed_out",
        "run_timed_out",
    }
)
"""What deaths, or the people of this load, may lead to; a step that fails with anything else is a fault."""
