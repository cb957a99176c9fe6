"""The tools that a definition may name: a new one is a file and a line here, and one of each in the runtime."""

from foundation.contracts.tools.code_python import CODE_PYTHON
from foundation.contracts.tools.contract import ToolContract

TOOLS: dict[str, ToolContract] = {tool.name: tool for tool in (CODE_PYTHON,)}
