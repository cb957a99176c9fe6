"""A step's workspace: whether files below `/work` go on from one call to the next, and from which step they come."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field

from foundation.contracts.steps.base import StepName

NEW = "new"

WORDS = "a workspace is `new`, which begins without files, or {from: <step>}, with those that the step left"


def _in_form(given: Any) -> Any:
    """One sentence for whatever has another form; a union would tell of each of its own."""
    is_from = isinstance(given, dict) and given.keys() == {"from"} and isinstance(given["from"], str)
    if given != NEW and not is_from:
        raise ValueError(WORDS)
    return given


WorkspaceSource: TypeAlias = Annotated[
    Literal["new"] | Annotated[dict[Literal["from"], StepName], Field(min_length=1, max_length=1)],
    BeforeValidator(_in_form),
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
