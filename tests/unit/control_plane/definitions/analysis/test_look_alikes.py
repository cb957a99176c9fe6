"""Names within a definition that people would take for one another are refused with their places."""

from typing import Any

import pytest

from control_plane.definitions.analysis.look_alikes import name_faults
from foundation.contracts.definition import TaskDefinition
from foundation.domain.errors import Fault

NOOP = {"name": "only", "kind": "noop"}


def faults_of(name: str = "report", *steps: dict[str, Any]) -> list[Fault]:
    return name_faults(TaskDefinition.model_validate({"name": name, "steps": list(steps) or [NOOP]}))


def crew(agents: list[str], tasks: list[str]) -> dict[str, Any]:
    return {
        "name": "crew",
        "kind": "crew",
        "agents": [{"name": name, "role": f"the {name}", "goal": "Find."} for name in agents],
        "tasks": [
            {"name": name, "description": "Do.", "expected_output": "A text.", "agent": agents[0]} for name in tasks
        ],
    }


@pytest.mark.parametrize("name", ["Report 2", "ночной отчёт", "夜间报告", "naïve plan", "the β-plan", "5 µm"])
def test_names_of_all_scripts_are_taken(name: str) -> None:
    assert faults_of(name) == []


@pytest.mark.parametrize("name", ["Rероrt", "the оwner", "ρaul"])
def test_a_name_with_a_word_of_several_alphabets_is_refused(name: str) -> None:
    [fault] = faults_of(name)
    assert (fault.pointer, "has letters of" in fault.detail) == ("/name", True)


def test_steps_agents_and_tasks_of_crews_that_differ_in_case_alone_are_refused() -> None:
    steps = [{"name": "draft", "kind": "noop"}, {"name": "Draft", "kind": "noop"}]
    found = faults_of("report", *steps, crew(["writer", "Writer"], ["find", "tell", "FIND"]))
    assert [fault.pointer for fault in found] == ["/steps/1/name", "/steps/2/agents/1/name", "/steps/2/tasks/2/name"]
    assert found[0].detail == "'Draft' reads the same as 'draft', the name of step 0; give it another one"


def test_names_that_people_tell_apart_stand_beside_each_other() -> None:
    assert faults_of("report", *({"name": name, "kind": "noop"} for name in ("a", "b", "a_1", "a1"))) == []
