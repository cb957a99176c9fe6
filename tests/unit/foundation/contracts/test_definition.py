"""What is refused when a task is made, each with its place."""

from typing import Any

import pytest
from pydantic import ValidationError

from foundation.contracts.definition import TaskDefinition, definition_faults
from foundation.domain.errors import Fault

ARTIFACT = "0198b1e8-6f3c-7a9b-8a54-0a6b1c2d3e4f"


def faults_of(*steps: dict[str, Any]) -> list[Fault]:
    return definition_faults(TaskDefinition.model_validate({"name": "t", "steps": list(steps)}))


def tool(**arguments: Any) -> dict[str, Any]:
    return {"name": "a", "kind": "tool", "tool": "code.python", "arguments": arguments}


def asks(prompt: str, **more: Any) -> dict[str, Any]:
    return {"name": "b", "kind": "llm", "prompt": prompt, **more}


@pytest.mark.parametrize(
    "code",
    [
        'p = 1.5\nprint(f"total: ${p:.2f}")',
        'from string import Template\nprint(Template("hi ${who}").substitute(who="Ann"))',
        "print('${input.v}', '$${x}', '${')",
    ],
)
def test_a_program_is_no_template(code: str) -> None:
    assert faults_of(tool(code=code)) == []


@pytest.mark.parametrize(
    ("arguments", "pointer"),
    [
        ({"code": ""}, "/code"),
        ({"code": 5}, "/code"),
        ({"code": "x" * 300_000}, "/code"),
        ({}, ""),
        ({"code": "1", "timeout_seconds": "soon"}, "/timeout_seconds"),
        ({"code": "1", "timeout_seconds": "30"}, "/timeout_seconds"),
        ({"code": "1", "timeout_seconds": "in ${input.t}"}, "/timeout_seconds"),
        ({"code": "1", "timeout_seconds": -1}, "/timeout_seconds"),
        ({"code": "1", "timeout_seconds": 1.5}, "/timeout_seconds"),
        ({"code": "1", "timeout_seconds": True}, "/timeout_seconds"),
        ({"code": "1", "timeout_seconds": 10**30}, "/timeout_seconds"),
        ({"code": "1", "timeout": 5}, "/timeout"),
        ({"code": "1", "a/b~c": 5}, "/a~1b~0c"),
        ({"code": "1", "inputs": {"rows": ["${input.x"]}}, "/inputs/rows/0"),
        ({"code": "1", "inputs": {"a/b": "${secrets.x}"}}, "/inputs/a~1b"),
        ({"code": "1", "files": "in/x.csv"}, "/files"),
        ({"code": "1", "files": [{"artifact": "x"}]}, "/files/0/artifact"),
        ({"code": "1", "files": [[{"artifact": ARTIFACT, "name": "../x"}]]}, "/files/0/0/name"),
        ({"code": "1", "files": {"artifact": ARTIFACT, "path": "x"}}, "/files/path"),
        ({"code": "1", "files": {"name": "x"}}, "/files/artifact"),
    ],
)
def test_arguments_that_can_never_be_right_are_refused_with_their_place(
    arguments: dict[str, Any], pointer: str
) -> None:
    assert {fault.pointer for fault in faults_of(tool(**arguments))} == {f"/steps/0/arguments{pointer}"}


def test_what_an_expression_will_give_is_not_judged_yet() -> None:
    entry = {"artifact": "${input.id}", "name": "${input.name}.csv"}
    arguments = {"timeout_seconds": "${input.t}", "inputs": "${input}", "files": ["${input.files}", entry]}
    assert faults_of(tool(code="1", **arguments)) == []


def test_files_of_an_agent_are_checked_as_those_of_a_tool() -> None:
    agent = {"name": "a", "kind": "agent", "instructions": "x", "tools": ["code.python"], "files": [{"artifact": "x"}]}
    assert [fault.pointer for fault in faults_of(agent)] == ["/steps/0/files/0/artifact"]


@pytest.mark.parametrize(
    "prompt",
    [
        "v=${(input.x || steps.z.output).attempt}",
        "${steps | z.output}",
        "${input.a && steps.z.output}",
        "${join('', [input.a, steps.z.output.text])}",
    ],
)
def test_a_reference_outside_the_needs_is_found_wherever_it_hides(prompt: str) -> None:
    (fault,) = faults_of({"name": "z", "kind": "noop"}, asks(prompt))
    assert fault.pointer == "/steps/1/prompt"
    assert "'z', which is not among what this step needs" in fault.detail
    assert faults_of({"name": "z", "kind": "noop"}, asks(prompt, needs=["z"])) == []


@pytest.mark.parametrize("text", ["Say ${input.x now", "${values(steps)}", "${steps}", "${HOME}"])
def test_an_expression_that_cannot_be_read_is_refused_with_the_way_to_write_it(text: str) -> None:
    (fault,) = faults_of(asks(text))
    assert fault.pointer == "/steps/0/prompt"
    assert "$${" in fault.detail


def test_a_literal_is_written_with_two_dollars() -> None:
    assert faults_of(asks("Explain $${HOME} to ${input.who}")) == []


A, B = {"artifact": ARTIFACT}, {"artifact": ARTIFACT.replace("0198", "0199")}


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ([{**A, "name": "a.csv"}, {**B, "name": "a.csv"}], "/1/name"),
        ([{**A, "name": "a"}, {**B, "name": "a/b"}], "/1/name"),
        ([{**A, "name": "a/b"}, {**B, "name": "c"}, [{**A, "name": "a"}]], "/2/0/name"),
        ([{"artifact": "${input.x}", "name": "a"}, {**B, "name": "a"}], "/1/name"),
        ([A, B, A], "/2"),
    ],
)
def test_files_that_cannot_lie_beside_each_other_are_refused_when_the_task_is_made(files: Any, place: str) -> None:
    agent = {"name": "a", "kind": "agent", "instructions": "x", "tools": ["code.python"], "files": files}
    for step, above in ((tool(code="1", files=files), "/steps/0/arguments/files"), (agent, "/steps/0/files")):
        (fault,) = faults_of(step)
        assert fault.pointer == f"{above}{place}"
        assert "cannot both be staged" in fault.detail


@pytest.mark.parametrize(
    "files", [[A, B], [{**A, "name": "a"}, A], [{**A, "name": "${input.n}"}] * 2, [{**A, "name": "a"}, "${input.f}"]]
)
def test_files_whose_names_are_not_known_yet_are_not_judged(files: Any) -> None:
    assert faults_of(tool(code="1", files=files)) == []


@pytest.mark.parametrize("name", ["inputs.json", "inputs.json/x"])
def test_no_file_is_staged_where_the_inputs_will_lie(name: str) -> None:
    files = [{**A, "name": name}]
    (fault,) = faults_of(tool(code="1", inputs="${input}", files=files))
    assert fault.pointer == "/steps/0/arguments/files/0/name"
    assert "'inputs.json'" in fault.detail
    assert faults_of(tool(code="1", files=files)) == []


def test_a_model_that_is_asked_nothing_is_refused_when_the_task_is_made() -> None:
    for step in (asks(""), asks(" \n", instructions=" ")):
        (fault,) = faults_of(step)
        assert fault.pointer == "/steps/0/prompt"
    assert faults_of(asks("", instructions="Tell a joke.")) == []
    assert faults_of(asks("${input.q}")) == []


def test_an_agent_without_a_tool_has_no_files() -> None:
    agent = {"name": "a", "kind": "agent", "instructions": "x", "files": "${input.files}"}
    assert [fault.pointer for fault in faults_of(agent)] == ["/steps/0/files"]
    assert faults_of({**agent, "tools": ["code.python"]}) == []


@pytest.mark.parametrize(
    ("step", "pointer", "says"),
    [
        ({"when": "input.go"}, "/steps/0/when", "a condition is one expression"),
        ({"when": "only if ${input.go}"}, "/steps/0/when", "a condition is one expression"),
        ({"when": ""}, "/steps/0/when", "a condition is one expression"),
        ({"when": "${steps.later.output}"}, "/steps/0/when", "not among what this step needs"),
        ({"when": "${secrets.key}"}, "/steps/0/when", "only 'input' and 'steps'"),
        ({"max_parallel": 3}, "/steps/0/max_parallel", "only a step with `foreach` has items to bound"),
        ({"foreach": "input.rows"}, "/steps/0/foreach", "the items are one expression"),
        (
            {"foreach": "${item}"},
            "/steps/0/foreach",
            "starts with 'item'; only 'input' and 'steps' (with `foreach` also",
        ),
        ({"foreach": "${input.rows}", "when": "${item}"}, "/steps/0/when", "only 'input' and 'steps'"),
        ({"retry": {"on": ["exit_code"]}}, "/steps/0/retry/on/0", "a step of this kind does not fail with 'exit_code'"),
        ({"retry": {"on": ["sometimes"]}}, "/steps/0/retry/on/0", "a step of this kind does not fail with 'sometimes'"),
        (
            {"retry": {"on": ["transient", "model_answer_invalid"]}},
            "/steps/0/retry/on/1",
            "a step of this kind does not fail with 'model_answer_invalid'; it takes transient",
        ),
    ],
)
def test_what_a_step_says_of_its_running_is_checked(step: dict[str, Any], pointer: str, says: str) -> None:
    later = {"name": "later", "kind": "noop"}
    [fault] = faults_of({"name": "a", "kind": "noop", **step}, later)
    assert fault.pointer == pointer
    assert says in fault.detail


@pytest.mark.parametrize(
    "step",
    [
        {"retry": {"attempts": 0}},
        {"retry": {"attempts": 6}},
        {"retry": {"attempts": True}},
        {"retry": {"on": []}},
        {"retry": {"on": ["Some times"]}},
        {"retry": {"on": [3]}},
        {"retry": {"often": 3}},
        {"retry": 3},
        {"on_failure": "ignore"},
        {"when": True},
    ],
)
def test_a_step_does_not_take_other_words_for_its_running(step: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        faults_of({"name": "a", "kind": "noop", **step})


def test_a_task_does_not_go_on_after_every_failure() -> None:
    with pytest.raises(ValidationError, match="on_step_failure"):
        TaskDefinition.model_validate(
            {"name": "t", "on_step_failure": "continue", "steps": [{"name": "a", "kind": "noop"}]}
        )


def test_a_step_with_items_reads_its_item_and_no_other_step_does() -> None:
    of_items = asks("${item.name} is number ${index}", foreach="${input.rows}")
    assert faults_of(of_items) == []
    assert [fault.pointer for fault in faults_of(asks("${item.name}"))] == ["/steps/0/prompt"]
