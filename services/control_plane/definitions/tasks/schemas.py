"""Tasks as the API shows them."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from control_plane.definitions.analysis.addresses import address_warnings
from control_plane.definitions.analysis.constants import constant_warnings
from control_plane.definitions.analysis.contradictions import contradiction_warnings
from control_plane.definitions.analysis.reach import reach_warnings
from control_plane.definitions.analysis.repeats import repeat_warnings
from control_plane.definitions.analysis.worst_case import worst_case
from control_plane.definitions.tasks.reading import ReadDefinition
from foundation.storage.tasks import Task, TaskVersion

EXAMPLE: dict[str, Any] = {
    "name": "two-steps",
    "budget": {"tokens": 20000, "cost_usd": "0.50"},
    "steps": [
        {"name": "count", "kind": "tool", "tool": "code.python", "arguments": {"code": "print(6 * 7)"}},
        {"name": "tell", "kind": "llm", "needs": ["count"], "prompt": "Say this: ${steps.count.output.stdout}"},
    ],
}


class TaskView(BaseModel):
    """A task at its newest version, its definition with every default filled in."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "two-steps", "version": 1}]})

    id: UUID
    name: str
    version: int
    definition: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None

    @classmethod
    def of(cls, task: Task) -> Self:
        return cls(**cls.members_of(task))

    @staticmethod
    def members_of(task: Task) -> dict[str, Any]:
        return {
            "id": task.task_id,
            "name": task.name,
            "version": task.version,
            "definition": task.definition,
            "created_at": task.created_at,
            "updated_at": task.updated_at,
            "archived_at": task.archived_at,
        }


class TaskVersionView(BaseModel):
    """A version of a task, which never changes."""

    version: int
    name: str = Field(description="of the task, as it was called in this version")
    created_at: datetime
    created_by: UUID | None = Field(description="the user who made it")
    definition: dict[str, Any]

    @classmethod
    def of(cls, version: TaskVersion) -> Self:
        return cls(**asdict(version))


class DefinitionWarning(BaseModel):
    """What a definition says that can be run, and hardly be meant."""

    pointer: str = Field(description="a JSON pointer into the definition")
    detail: str


class WorstCaseView(BaseModel):
    """The most that a run can take by the definition alone; null where only an estimate can tell, or nobody."""

    turns: int | None = Field(description="calls of models; null where a step runs another task")
    events: int = Field(description="of the fullest execution's history, of the 25,000 that one may have")
    seconds: int = Field(description="of the run's clock")
    wait_seconds: int = Field(
        description="for which the clock may stand meanwhile, as people or runs below are waited for"
    )
    tokens: int | None = Field(description="of models, by the budget; null without one")
    cost_usd: str | None = Field(description="of models, by the budget; null without one")


class DefinedTask(TaskView):
    """A task with what was noticed when this version was made."""

    warnings: list[DefinitionWarning]
    worst_case: WorstCaseView

    @classmethod
    def defined(cls, task: Task, read: ReadDefinition) -> Self:
        definition = read.require()
        found = [*constant_warnings(definition), *contradiction_warnings(definition), *reach_warnings(definition)]
        found += [*address_warnings(definition), *repeat_warnings(definition), *read.warnings]
        return cls(
            **cls.members_of(task),
            warnings=[DefinitionWarning(pointer=one.pointer, detail=one.detail) for one in found],
            worst_case=WorstCaseView(**asdict(worst_case(definition))),
        )
