"""Tasks as the API shows them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from foundation.storage.tasks import Task

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
    def of(cls, task: Task) -> "TaskView":
        return cls(
            id=task.task_id,
            name=task.name,
            version=task.version,
            definition=task.definition,
            created_at=task.created_at,
            updated_at=task.updated_at,
            archived_at=task.archived_at,
        )
