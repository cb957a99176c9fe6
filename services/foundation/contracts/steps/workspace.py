"""A step's workspace: whether files below `/work` go on from one call to the next, and from which step they come."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from foundation.contracts.steps.base import StepName

NEW = "new"

WorkspaceSource: TypeAlias = Annotated[
    Literal["new"] | Annotated[dict[Literal["from"], StepName], Field(min_length=1, max_length=1)],
    Field(
        description="`new`, or {from: <step>}: begins with the files that step left below /work",
        json_schema_extra={"examples": ["new", {"from": "clone"}]},
    ),
]


def expression_of(source: WorkspaceSource | None) -> str | None:
    """The expression that gives the workspace's artifact; None for a step that begins with nothing."""
    if source is None or isinstance(source, str):
        return None
    return f"${{steps.{source['from']}.output.workspace}}"
