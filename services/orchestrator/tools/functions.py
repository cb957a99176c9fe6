"""Tools as models are shown them: as functions, whose results are JSON texts of a bounded length."""

import json
from typing import Any

from foundation.contracts.accepted.accepted_json import NotAccepted, parse_json
from foundation.contracts.tools.contract import ToolContract
from foundation.domain.failures import FailureCode

MODEL_MISTAKES = frozenset({"job_refused", FailureCode.ARGUMENTS_INVALID})
"""The failures of a call that its model is told of and may mend; any other ends the step."""

_SHOWN_TEXT = 4_000
_ORDER = ("status", "reason", "detail", "result", "result_error", "stdout", "stderr")
"""How a call ended and what it gave come first; the other members follow by name."""


_NOT_SHOWN = frozenset({"usage", "workspace"})
"""What a model can do nothing with: what the call took, and where its files were put for the next call."""


def function_name(tool: str) -> str:
    """A tool's name as a function's: providers take letters, digits, '_' and '-' only."""
    return tool.replace(".", "_")


def function_of(tool: ToolContract) -> dict[str, Any]:
    """The tool in OpenAI's wire form."""
    function = {"name": function_name(tool.name), "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}


def shown_result(document: dict[str, Any]) -> str:
    """A call's document as its model reads it, in one order; empty members and what is ours are left out."""
    shown = {
        key: _shorten(value) if isinstance(value, str) else value
        for key in sorted(document, key=_place)
        if (value := document[key]) not in (None, "", []) and key not in _NOT_SHOWN
    }
    return json.dumps(shown, ensure_ascii=False)


def _place(member: str) -> tuple[int, str]:
    return (_ORDER.index(member) if member in _ORDER else len(_ORDER), member)


def _shorten(text: str) -> str:
    """The beginning and the end of a long text: every word costs tokens, and errors are mostly at the end."""
    left_out = len(text) - _SHOWN_TEXT
    if left_out <= 0:
        return text
    first = _SHOWN_TEXT // 4
    return f"{text[:first]}\n[{left_out} characters are left out here]\n{text[first + left_out :]}"


def readable_arguments(text: str) -> dict[str, Any] | None:
    """The arguments of a call as a model wrote them; None when they are no JSON object that could be stored."""
    try:
        arguments = parse_json(text or "{}")
    except NotAccepted:
        return None
    return arguments if isinstance(arguments, dict) else None
