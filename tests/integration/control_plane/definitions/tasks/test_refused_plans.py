"""Plans that must be refused, each with the exact words that its author reads, in bounded memory, and with no trace."""

import asyncio
import resource
from typing import Any
from uuid import uuid4

import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.gateways.gateway import Tenant

NOOP = {"name": "a", "kind": "noop"}
LLM = {"name": "a", "kind": "llm", "prompt": "x"}
REMEDY = "correct what `errors` name, and send the request again"
MEANT = "; where the text ${ itself is meant, write $${"
NAME = "a name begins with a letter from a to z, followed by such letters, digits and _, 64 characters in all"
KNOWN = "only 'input' and 'steps' (with `foreach` also 'item' and 'index', but not in `when` and `foreach`) are known"
TOOLS = "browser, code.node, code.python, code_agent, files, git, http, mcp.list, search"
OF_TENANTS = "those of the tenant, api.<source>.<operation> and mcp.<source>.<tool>"
HUNG_SECONDS = 60
MOST_KIB = 256 * 1024


def plan(*steps: Any, **task: Any) -> dict[str, Any]:
    return {"name": f"plan {uuid4()}", "steps": list(steps), **task}


REFUSED: dict[str, tuple[Any, str, str]] = {
    "ten thousand steps": (
        plan(*({"name": f"s{n}", "kind": "noop"} for n in range(10_000))),
        "/steps",
        "at most 1000 items are taken",
    ),
    "instructions of a megabyte": (
        plan({**LLM, "instructions": "y" * 1_000_000}),
        "/steps/0/instructions",
        "at most 32768 characters are taken",
    ),
    "no steps": (plan(), "/steps", "at least 1 item is needed"),
    "no name": ({"steps": [NOOP]}, "/name", "this member is required"),
    "a member that is misspelt": (
        plan({**NOOP, "need": []}),
        "/steps/0/need",
        "this member is not known here; leave it out, or see the reference for those that are",
    ),
    "a kind that is misspelt": (
        plan({"name": "a", "kind": "nop"}),
        "/steps/0/kind",
        "there is no such kind of step; there are noop, tool, llm, agent, crew, approval, run",
    ),
    "no kind": (plan({"name": "a"}), "/steps/0", "a step needs a `kind`: noop, tool, llm, agent, crew, approval, run"),
    "a step that waits for itself": (
        plan({**NOOP, "needs": ["a"]}),
        "/steps/0/needs/0",
        "a step cannot wait for itself",
    ),
    "steps that wait for each other": (
        plan({**NOOP, "needs": ["b"]}, {"name": "b", "kind": "noop", "needs": ["a"]}),
        "/steps",
        "these steps wait for each other: a -> b -> a",
    ),
    "a need that is not there": (plan({**NOOP, "needs": ["b"]}), "/steps/0/needs/0", "no step is named 'b'"),
    "two steps of one name": (plan(NOOP, NOOP), "/steps/1/name", "the name 'a' is taken by step 0"),
    "names that look alike": (
        plan({"name": "pay", "kind": "noop"}, {"name": "p\u0430y", "kind": "noop"}),
        "/steps/1/name",
        NAME + "; this one has U+0430",
    ),
    "a control character in a step's name": (
        plan({"name": "a\u0007", "kind": "noop"}),
        "/steps/0/name",
        NAME + "; this one has U+0007",
    ),
    "a line break in a task's name": (
        plan(NOOP, name="plan\nb"),
        "/name",
        "U+000A controls the text or turns its direction; leave it out",
    ),
    "a task's name that turns the text around": (
        plan(NOOP, name="plan\u202eb"),
        "/name",
        "U+202E controls the text or turns its direction; leave it out",
    ),
    "an expression that is not closed": (
        plan({**LLM, "prompt": "Say ${input.word"}),
        "/steps/0/prompt",
        "the expression that begins with '${input.word' is not closed" + MEANT,
    ),
    "an expression within an expression": (
        plan({**LLM, "prompt": "${${input.word}}"}),
        "/steps/0/prompt",
        "${${input.word}} holds another ${; an expression does not stand within another, name what is meant by its path"
        + MEANT,
    ),
    "an expression that is no JMESPath": (
        plan({**LLM, "prompt": "${input.[}"}),
        "/steps/0/prompt",
        "${input.[} is not JMESPath: Incomplete expression" + MEANT,
    ),
    "an expression that is nested without end": (
        plan({**LLM, "prompt": "${" + "(" * 5000 + "input.x" + ")" * 5000 + "}"}),
        "/steps/0/prompt",
        "${((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((…} is nested too deeply" + MEANT,
    ),
    "an expression that reads its own step": (
        plan({**LLM, "prompt": "${steps.a.output.text}"}),
        "/steps/0/prompt",
        "${steps.a.output.text} reads step 'a', which is not among what this step needs",
    ),
    "an expression that reads a step that is not needed": (
        plan(NOOP, {**LLM, "name": "b", "prompt": "${steps.a.output}"}),
        "/steps/1/prompt",
        "${steps.a.output} reads step 'a', which is not among what this step needs",
    ),
    "an expression that reads outside": (
        plan({**LLM, "prompt": "${env.HOME}"}),
        "/steps/0/prompt",
        "${env.HOME} starts with 'env'; " + KNOWN + MEANT,
    ),
    "an expression that reads every step": (
        plan(NOOP, {**LLM, "name": "b", "needs": ["a"], "prompt": "${steps}"}),
        "/steps/1/prompt",
        "${steps} reads steps as a whole, or by a name that is computed; write steps.<name>.output" + MEANT,
    ),
    "an expression that reads everything": (
        plan({**LLM, "prompt": "${@}"}),
        "/steps/0/prompt",
        "${@} reads everything there is; name what it reads: input.… or steps.<name>.output" + MEANT,
    ),
    "an unknown function": (
        plan({**LLM, "prompt": "${upper(input.x)}"}),
        "/steps/0/prompt",
        "${upper(input.x)} calls upper(), which is no function of JMESPath" + MEANT,
    ),
    "a condition that is no expression": (
        plan({**NOOP, "when": "input.go"}),
        "/steps/0/when",
        "a condition is one expression, such as ${input.publish == `true`}",
    ),
    "a condition that is a boolean of YAML": (
        plan({**NOOP, "when": True}),
        "/steps/0/when",
        "a condition is one expression, such as ${input.publish == `true`}, written as a text",
    ),
    "a condition that is a constant text": (
        plan({**NOOP, "when": "${'yes'}"}),
        "/steps/0/when",
        "it always gives a text, and a condition gives true or false; compare it with something",
    ),
    "a condition whose ! is about too little": (
        plan({**NOOP, "when": "${!input.done}"}),
        "/steps/0/when",
        "it always gives null, and a condition gives true or false; write !(…) around what ! is about",
    ),
    "a list that is written out": (
        plan({**NOOP, "foreach": [1, 2, 3]}),
        "/steps/0/foreach",
        "the items are one expression, such as ${steps.find.output.data}, written as a text",
    ),
    "a list of more items than are taken": (
        plan({**NOOP, "foreach": "${`[" + ",".join(["0"] * 10_000) + "]`}"}),
        "/steps/0/foreach",
        "the list has 10000 items, and 1000 are taken",
    ),
    "a list that is a number": (
        plan({**NOOP, "foreach": "${length(input.rows)}"}),
        "/steps/0/foreach",
        "it always gives a number, and the items are a list",
    ),
    "a condition that is a number": (
        plan({**NOOP, "when": "${length(input.rows)}"}),
        "/steps/0/when",
        "it always gives a number, and a condition gives true or false; compare it with something",
    ),
    "a million at once": (
        plan({**NOOP, "foreach": "${input.rows}", "max_parallel": 1_000_000}),
        "/steps/0/max_parallel",
        "at most 1000 is taken",
    ),
    "items to bound where there are none": (
        plan({**NOOP, "max_parallel": 2}),
        "/steps/0/max_parallel",
        "only a step with `foreach` has items to bound",
    ),
    "an item where there is none": (
        plan({**LLM, "prompt": "${item}"}),
        "/steps/0/prompt",
        "${item} starts with 'item'; " + KNOWN + MEANT,
    ),
    "a time-out of zero": (
        plan({**NOOP, "timeout_seconds": 0}),
        "/steps/0/timeout_seconds",
        "at least 1 is needed",
    ),
    "a time-out of a year": (
        plan({**NOOP, "timeout_seconds": 31_536_000}),
        "/steps/0/timeout_seconds",
        "at most 39600 is taken",
    ),
    "a run of a year": (
        plan(NOOP, timeout_seconds=31_536_000),
        "/timeout_seconds",
        "at most 2592000 is taken",
    ),
    "a time-out in words": (
        plan({**NOOP, "timeout_seconds": "5m"}),
        "/steps/0/timeout_seconds",
        "a whole number is needed",
    ),
    "six attempts": (
        plan({**NOOP, "retry": {"attempts": 6}}),
        "/steps/0/retry/attempts",
        "at most 5 is taken",
    ),
    "a retry for what does not happen": (
        plan({**NOOP, "retry": {"on": ["exit_code"]}}),
        "/steps/0/retry/on/0",
        "a step of this kind does not fail with 'exit_code'; it takes transient",
    ),
    "money as a number": (
        plan(NOOP, budget={"cost_usd": 1.5}),
        "/budget/cost_usd",
        'write an amount of dollars as a string, like "1.50"',
    ),
    "money below nothing": (
        plan(NOOP, budget={"cost_usd": "-1"}),
        "/budget/cost_usd",
        "an amount of dollars cannot be negative",
    ),
    "money finer than is counted": (
        plan(NOOP, budget={"cost_usd": "0.0000000001"}),
        "/budget/cost_usd",
        "'0.0000000001' is not an amount of dollars; write digits, and at most nine behind a point, like \"1.50\"",
    ),
    "a tool that is not there": (
        plan({"name": "a", "kind": "tool", "tool": "code.cobol"}),
        "/steps/0/tool",
        f"unknown tool 'code.cobol'; known are {TOOLS}, and {OF_TENANTS}",
    ),
    "an argument that is missing": (
        plan({"name": "a", "kind": "tool", "tool": "code.python"}),
        "/steps/0/arguments",
        "code.python needs 'code'",
    ),
    "an argument too many": (
        plan({"name": "a", "kind": "tool", "tool": "code.python", "arguments": {"code": "1", "kode": "2"}}),
        "/steps/0/arguments/kode",
        "code.python takes no 'kode'",
    ),
    "a model that is asked nothing": (
        plan({"name": "a", "kind": "llm", "prompt": " "}),
        "/steps/0/prompt",
        "the model is asked nothing; write a prompt or instructions",
    ),
    "an approval of nothing": (
        plan({"name": "a", "kind": "approval", "message": " "}),
        "/steps/0/message",
        "nobody would know what is asked; write a message",
    ),
    "an approval by viewers": (
        plan({"name": "a", "kind": "approval", "message": "m", "roles": ["viewer"]}),
        "/steps/0/roles/0",
        "a viewer may not decide",
    ),
    "an approval for each item": (
        plan({"name": "a", "kind": "approval", "message": "m", "foreach": "${input.x}"}),
        "/steps/0/foreach",
        "an approval asks once; put the list into its message, or ask in a step before",
    ),
    "a form that refers to itself": (
        plan({"name": "a", "kind": "approval", "message": "m", "form": {"$ref": "#"}}),
        "/steps/0/form/type",
        'a form describes the fields of one object; write "type": "object"',
    ),
    "a task that runs itself": (
        plan({"name": "a", "kind": "run", "task": "itself"}, name="itself"),
        "/steps/0/task",
        "the task would run itself, and again in that run",
    ),
    "a task that is not there": (
        plan({"name": "a", "kind": "run", "task": "other"}),
        "/steps/0/task",
        "no live task is named 'other' or has it as its id",
    ),
    "a task that an expression names": (
        plan({"name": "a", "kind": "run", "task": "${input.task}"}),
        "/steps/0/task",
        "a task is named as it is called, without expressions",
    ),
    "a crew whose task has nobody": (
        plan(
            {
                "name": "a",
                "kind": "crew",
                "agents": [{"name": "x", "role": "r", "goal": "g"}],
                "tasks": [{"name": "t", "description": "d", "expected_output": "e"}],
            }
        ),
        "/steps/0/tasks/0/agent",
        "a sequential crew has an agent for each task; name one of x",
    ),
    "more dependencies than are taken": (
        plan(*({"name": f"s{n}", "kind": "noop", "needs": [f"s{m}" for m in range(n)]} for n in range(150))),
        "/steps",
        "the steps have 11175 dependencies (needs) together; at most 10000 are taken",
    ),
    "a definition that is a list": ([], "", "not an object"),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_a_plan_is_refused_with_the_place_the_reason_and_what_to_do(
    lonely_api: ApiInProcess, tenant: Tenant, case: str
) -> None:
    document, pointer, detail = REFUSED[case]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async with lonely_api.caller(tenant) as caller, asyncio.timeout(HUNG_SECONDS):
        answer = await caller.post("/tasks", json=document)
        tasks = await caller.get("/tasks")
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (422, "urn:lockstep:problem:invalid_definition"), problem
    assert [(fault["pointer"], fault["detail"]) for fault in problem["errors"]] == [(pointer, detail)]
    assert problem["remedy"] == REMEDY
    assert tasks.json()["items"] == []
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_KIB


async def test_what_may_not_be_stored_is_refused_before_it_is_read_as_a_plan(
    lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    async with lonely_api.caller(tenant) as caller:
        answer = await caller.post("/tasks", json=plan({**LLM, "prompt": "a\u0000b"}))
    [fault] = answer.json()["errors"]
    assert (answer.status_code, fault["pointer"]) == (400, "/body/steps/0/prompt")
    assert fault["detail"] == "U+0000 cannot be stored; leave it out, or write it another way, as base64"
    assert answer.json()["remedy"] == "correct the value at the pointer, then send the request again"
