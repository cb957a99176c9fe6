"""The form of an answer, and the effort that goes into it, in the words of chat completions."""

from typing import Any

from foundation.domain.errors import Fault
from llm_gateway.translation.schemas import is_strict
from llm_gateway.wires.messages.request_body import MessagesCall, OutputConfig

_EFFORTS = frozenset({"low", "medium", "high", "xhigh", "max"})
_THINKING = frozenset({"adaptive", "enabled", "between_tools"})
"""Ways to think that chat completions leave to the model."""
_SCHEMA_NAME = "answer"
"""Chat completions want a name for a schema; messages have none."""


def output_of(call: MessagesCall, faults: list[Fault]) -> dict[str, Any]:
    """The members `reasoning_effort` and `response_format`, where there is something to say."""
    config = call.output_config or OutputConfig()
    members: dict[str, Any] = {}
    if config.effort is not None:
        members["reasoning_effort"] = config.effort
        if config.effort not in _EFFORTS:
            faults.append(Fault("/output_config/effort", f"chat completions have no word for {config.effort!r}"))
    if call.thinking is not None and call.thinking.type == "disabled":
        members["reasoning_effort"] = "none"
    elif call.thinking is not None and call.thinking.type not in _THINKING:
        faults.append(Fault("/thinking/type", f"chat completions have no word for {call.thinking.type!r}"))
    if config.format is not None:
        if config.format.type != "json_schema" or config.format.schema is None:
            faults.append(Fault("/output_config/format", "chat completions know a JSON schema"))
        schema = {"name": _SCHEMA_NAME, "schema": config.format.schema, "strict": is_strict(config.format.schema)}
        members["response_format"] = {"type": "json_schema", "json_schema": schema}
    return members
