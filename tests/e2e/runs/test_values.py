"""Values on their way: into programs as data, into texts by expressions, refused where they cannot be right."""

import json
from typing import Any

import pytest

from fixtures.running.stack import Member

pytestmark = pytest.mark.stack

SHOW = "import json; print(ascii(json.load(open('in/inputs.json'))))"
NASTY = {"v": 'O\'Brien "x"; import os; ${input.y} $${ \n é 🐧', "n": [1, 2.5, None, {"a": True}]}


def tool(name: str, code: str, *, needs: tuple[str, ...] = (), **arguments: Any) -> dict[str, Any]:
    step = {"name": name, "kind": "tool", "tool": "code.python", "needs": list(needs)}
    return {**step, "arguments": {"code": code, **arguments}}


def ask(name: str, prompt: str, *needs: str) -> dict[str, Any]:
    return {"name": name, "kind": "llm", "prompt": prompt, "needs": list(needs)}


def test_a_program_is_run_as_it_is_written(member: Member) -> None:
    programs = {
        "money": ('p = 1.5\nprint(f"total: ${p:.2f}")', "total: $1.50\n"),
        "template": ('from string import Template\nprint(Template("hi ${w}").substitute(w="Ann"))', "hi Ann\n"),
        "pasted": ("print('${input.v}', '$${x}')", "${input.v} $${x}\n"),
        "escape": (r'print(ascii("a\u0000b"))', "'a\\x00b'\n"),
    }
    run = member.start({"steps": [tool(name, code) for name, (code, _) in programs.items()]}, input=NASTY)
    assert member.ended(run["id"])["status"] == "COMPLETED"
    steps = member.steps(run["id"])
    assert {name: steps[name]["output"]["stdout"] for name in programs} == {
        n: said for n, (_, said) in programs.items()
    }


def test_values_reach_a_program_as_data(member: Member) -> None:
    first = tool("first", SHOW, inputs={"whole": "${input}", "text": "<${input.v}>", "plain": "$${x}"})
    keep = "import json; json.dump(json.load(open('in/inputs.json')), open('out/result.json', 'w'))"
    steps = [first, tool("kept", keep, inputs="${input.n}"), tool("again", SHOW, needs=("kept",))]
    steps[2]["arguments"]["inputs"] = "${steps.kept.output.result}"
    run = member.start({"steps": steps}, input=NASTY)
    assert member.ended(run["id"])["status"] == "COMPLETED"
    said = {name: step["output"]["stdout"] for name, step in member.steps(run["id"]).items()}
    seen = {"whole": NASTY, "text": f"<{NASTY['v']}>", "plain": "${x}"}
    assert eval(said["first"]) == seen  # noqa: S307  (what our own program printed)
    assert said["again"] == f"{NASTY['n']!a}\n"


@pytest.mark.parametrize(
    ("step", "code", "words"),
    [
        (ask("a", "Hello ${input.nme}"), "expression_failed", "/prompt: ${input.nme} is null, as there is no 'nme'"),
        (ask("a", "${input.nme}"), "expression_failed", "/prompt: ${input.nme} is null"),
        (ask("a", "${max(input.n)}"), "expression_failed", "/prompt: ${max(input.n)} does not apply"),
        (ask("a", "${input.empty}"), "expression_failed", "/prompt: its expressions give an empty text"),
        (ask("a", "${input.empty} "), "expression_failed", "/prompt: its expressions give an empty text"),
        (tool("a", "1", timeout_seconds="${input.t}"), "arguments_invalid", "/arguments/timeout_seconds"),
        (tool("a", "1", timeout_seconds="${input.v}"), "arguments_invalid", "/arguments/timeout_seconds"),
        (tool("a", "1", files=[{"artifact": "${input.v}"}]), "files_invalid", "/arguments/files/0/artifact"),
        (tool("a", "1", files="${input.n}"), "files_invalid", "/arguments/files/0: a file is"),
        (tool("a", "1", files="${input.bad}"), "files_invalid", "/arguments/files/0/name"),
        (tool("a", "1", files="${input.gone}"), "artifact_missing", "there is no artifact"),
    ],
)
def test_what_is_wrong_only_at_run_time_fails_its_step_at_once_with_the_place(
    member: Member, step: dict[str, Any], code: str, words: str
) -> None:
    gone = {"artifact": "0198b1e8-6f3c-7a9b-8a54-0a6b1c2d3e4f"}
    run = member.start(
        {"steps": [step]}, input={**NASTY, "t": -1, "empty": " ", "gone": [gone], "bad": [{**gone, "name": "../x"}]}
    )
    ended = member.ended(run["id"])
    found = member.steps(run["id"])["a"]
    assert (ended["status"], found["error"]["code"], found["attempt"]) == ("FAILED", code, 1)
    assert words in found["error"]["detail"]
    assert ended["usage"]["tokens"] == 0


def test_a_step_whose_result_is_missing_is_not_asked_about(member: Member) -> None:
    lost = tool("c", "import json; json.dump({'mean': float('nan')}, open('out/result.json', 'w'))")
    run = member.start({"steps": [lost, ask("ask", "Mean: ${steps.c.output.result.mean}", "c")]})
    assert member.ended(run["id"])["usage"]["tokens"] == 0
    steps = member.steps(run["id"])
    assert (steps["c"]["status"], steps["ask"]["error"]["code"]) == ("SUCCESS", "expression_failed")


@pytest.mark.parametrize(
    ("step", "pointer"),
    [
        (ask("a", "v=${(input.x || steps.z.output).attempt}"), "/steps/1/prompt"),
        (ask("a", "Say ${input.x now"), "/steps/1/prompt"),
        (tool("a", "1", timeout_seconds="soon"), "/steps/1/arguments/timeout_seconds"),
        (tool("a", "1", timeout_seconds=-1), "/steps/1/arguments/timeout_seconds"),
        (tool("a", ""), "/steps/1/arguments/code"),
        (tool("a", "1", prompt="x"), "/steps/1/arguments/prompt"),
    ],
)
def test_what_can_never_be_right_makes_no_task(member: Member, step: dict[str, Any], pointer: str) -> None:
    with member.api() as api:
        answer = api.post("/tasks", json={"name": "never", "steps": [{"name": "z", "kind": "noop"}, step]})
    assert answer.status_code == 422, answer.text
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer], json.dumps(answer.json())
