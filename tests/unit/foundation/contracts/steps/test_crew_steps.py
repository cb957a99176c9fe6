"""What a crew may be: every fault is refused when the task is made, with its place and what to do about it."""

from typing import Any

import pytest
from pydantic import ValidationError

from foundation.contracts.definition import TaskDefinition, definition_faults

AGENT = {"name": "analyst", "role": "Analyst", "goal": "Find figures."}
WRITER = {"name": "writer", "role": "Writer", "goal": "Tell of them."}
FIND = {"name": "find", "description": "Find one.", "expected_output": "A figure.", "agent": "analyst"}
TELL = {"name": "tell", "description": "Tell of it.", "expected_output": "A text.", "agent": "writer"}
CREW: dict[str, Any] = {"name": "crew", "kind": "crew", "agents": [AGENT, WRITER], "tasks": [FIND, TELL]}
LED = {**CREW, "process": "hierarchical", "manager_model": "default"}


def faults(step: dict[str, Any]) -> list[str]:
    task = TaskDefinition.model_validate({"name": "reports", "steps": [step]})
    return [str(fault) for fault in definition_faults(task)]


@pytest.mark.parametrize(
    "step",
    [
        CREW,
        LED,
        {**LED, "tasks": [FIND, {**TELL, "agent": None}]},
        {**CREW, "tasks": [FIND, {**TELL, "context": ["find"]}]},
        {**CREW, "tasks": [FIND, {**TELL, "context": []}]},
        {**CREW, "agents": [{**AGENT, "tools": ["code.python"]}, WRITER], "files": "${input.files}"},
        {**CREW, "agents": [{**AGENT, "role": "Writer"}, WRITER]},
        {**LED, "agents": [{**AGENT, "role": "${input.role}"}, {**WRITER, "role": "${input.role}"}]},
        {**CREW, "tasks": [{**FIND, "description": "Braces like {input} or {{tools}} are text."}, TELL]},
    ],
)
def test_a_crew_may_be_so(step: dict[str, Any]) -> None:
    assert faults(step) == []


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        (
            {"agents": [AGENT, {**WRITER, "name": "analyst"}], "tasks": [FIND]},
            "/steps/0/agents/1/name: the name 'analyst' is taken by agent 0",
        ),
        ({"tasks": [FIND, {**TELL, "name": "find"}]}, "/steps/0/tasks/1/name: the name 'find' is taken by task 0"),
        (
            {"tasks": [FIND, {**TELL, "agent": "editor"}]},
            "/steps/0/tasks/1/agent: no agent is named 'editor'; the agents are analyst, writer",
        ),
        (
            {"tasks": [FIND, {**TELL, "agent": None}]},
            "/steps/0/tasks/1/agent: a sequential crew has an agent for each task; name one of analyst, writer",
        ),
        (
            {"tasks": [{**FIND, "context": ["tell"]}, TELL]},
            "/steps/0/tasks/0/context/0: 'tell' is not before this task; a task reads those before it",
        ),
        (
            {"tasks": [{**FIND, "context": ["find"]}, TELL]},
            "/steps/0/tasks/0/context/0: 'find' is not before this task; a task reads those before it",
        ),
        (
            {"tasks": [FIND, {**TELL, "context": ["look"]}]},
            "/steps/0/tasks/1/context/0: no task is named 'look'; those before this one are find",
        ),
        (
            {"tasks": [{**FIND, "context": ["look"]}, TELL]},
            "/steps/0/tasks/0/context/0: no task is named 'look'; there is none before this one",
        ),
        (
            {"tasks": [FIND, {**TELL, "context": ["find", "find"]}]},
            "/steps/0/tasks/1/context/1: 'find' is read twice; name it once",
        ),
        (
            {"process": "hierarchical"},
            "/steps/0/manager_model: a hierarchical crew is led by a manager; name the model that it asks",
        ),
        (
            {"manager_model": "default"},
            (
                "/steps/0/manager_model: only a hierarchical crew has a manager; leave it out, or set process:"
                " hierarchical"
            ),
        ),
        (
            {**LED, "agents": [AGENT, {**WRITER, "role": '"analyst" '}]},
            (
                "/steps/0/agents/1/role: agent 0 has this role too, and a manager calls agents by their roles; give it"
                " another one"
            ),
        ),
        ({"agents": [{**AGENT, "role": " "}, WRITER]}, "/steps/0/agents/0/role: it says nothing; write a text"),
        ({"agents": [AGENT, {**WRITER, "goal": ""}]}, "/steps/0/agents/1/goal: it says nothing; write a text"),
        (
            {"tasks": [{**FIND, "expected_output": "\n"}, TELL]},
            "/steps/0/tasks/0/expected_output: it says nothing; write a text",
        ),
        (
            {"files": "${input.files}"},
            "/steps/0/files: only tools read files; name one in the `tools` of an agent",
        ),
        (
            {"tasks": [{**FIND, "description": "${steps.gone.output}"}, TELL]},
            (
                "/steps/0/tasks/0/description: ${steps.gone.output} reads step 'gone', which is not among what this"
                " step needs"
            ),
        ),
        (
            {"retry": {"on": ["model_answer_invalid"]}},
            "/steps/0/retry/on/0: a step of this kind does not fail with 'model_answer_invalid'; it takes transient",
        ),
    ],
)
def test_a_fault_has_its_place_and_its_remedy(changed: dict[str, Any], fault: str) -> None:
    assert fault in faults({**CREW, **changed})


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"agents": []}, ("agents",)),
        ({"tasks": []}, ("tasks",)),
        ({"agents": [{**AGENT, "name": f"agent{index}"} for index in range(17)]}, ("agents",)),
        ({"tasks": [{**FIND, "name": f"task{index}"} for index in range(33)]}, ("tasks",)),
        ({"agents": [{**AGENT, "tools": ["shell"]}, WRITER]}, ("agents", 0, "tools", 0, "text")),
        ({"agents": [{**AGENT, "name": "a\x07b"}, WRITER]}, ("agents", 0, "name")),
        ({"agents": [{**AGENT, "allow_code_execution": True}, WRITER]}, ("agents", 0, "allow_code_execution")),
        ({"agents": [{**AGENT, "max_turns": 0}, WRITER]}, ("agents", 0, "max_turns")),
        ({"process": "consensual"}, ("process",)),
        ({"memory": True}, ("memory",)),
        ({"max_turns": 401}, ("max_turns",)),
    ],
)
def test_what_no_crew_may_have_is_refused_at_its_place(changed: dict[str, Any], place: tuple[str | int, ...]) -> None:
    with pytest.raises(ValidationError) as refused:
        faults({**CREW, **changed})
    assert place in [error["loc"][3:] for error in refused.value.errors()]


def test_a_crew_is_one_dispatch_however_often_it_asks_its_models() -> None:
    [step] = TaskDefinition.model_validate({"name": "reports", "steps": [{**CREW, "max_turns": 400}]}).steps
    assert step.turns == 1
