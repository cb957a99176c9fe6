"""The tools that a definition may name: a new one is a file and a line here, and one of each in the runtime."""

from typing import Annotated

from pydantic import AfterValidator, Field

from foundation.contracts.tools.code_python import CODE_PYTHON
from foundation.contracts.tools.contract import ToolContract
from foundation.contracts.tools.http import HTTP

TOOLS: dict[str, ToolContract] = {tool.name: tool for tool in (CODE_PYTHON, HTTP)}


def _tool(name: str) -> str:
    if name not in TOOLS:
        raise ValueError(f"unknown tool {name!r}; known are {', '.join(sorted(TOOLS))}")
    return name


ToolName = Annotated[str, AfterValidator(_tool), Field(json_schema_extra={"enum": sorted(TOOLS)})]
