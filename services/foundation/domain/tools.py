"""The tools that a definition may name, and what running one twice would mean."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Effect(StrEnum):
    """`pure` may run again, `keyed` carries our idempotency key, `once` is never repeated when its end is unknown."""

    PURE = "pure"
    KEYED = "keyed"
    ONCE = "once"


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as definitions and models see it; `parameters` is a JSON Schema."""

    name: str
    effect: Effect
    description: str
    parameters: dict[str, Any]


CODE_PYTHON = ToolSpec(
    name="code.python",
    effect=Effect.PURE,
    description=(
        "Runs Python 3 in a sandbox without network; numpy, pandas and matplotlib are there. Staged files lie in "
        "/work/in, files written to /work/out become artifacts, and /work/out/result.json becomes the result."
    ),
    parameters={
        "type": "object",
        "properties": {
            "code": {"type": "string", "minLength": 1, "description": "the program"},
            "timeout_seconds": {"type": "integer", "minimum": 1, "maximum": 3600, "description": "60 when left out"},
        },
        "required": ["code"],
        "additionalProperties": False,
    },
)

TOOLS: dict[str, ToolSpec] = {spec.name: spec for spec in (CODE_PYTHON,)}
