"""The form of an answer, and the effort that goes into it, in the words of messages."""

from typing import Any

from foundation.domain.errors import Fault
from llm_gateway.translation.schemas import closed
from llm_gateway.wires.chat.request_body import ChatCall

_EFFORTS = {
    # messages know nothing below low
    "minimal": "low",
    "low": "low",
    "medium": "medium",
    "high": "high",
    "xhigh": "xhigh",
    "max": "max",
}


def output_of(call: ChatCall, faults: list[Fault]) -> dict[str, Any]:
    """The members `output_config` and `thinking`, where there is something to say."""
    members: dict[str, Any] = {}
    config: dict[str, Any] = {}
    effort = call.reasoning_effort
    if effort == "none":
        members["thinking"] = {"type": "disabled"}
    elif effort in _EFFORTS:
        config["effort"] = _EFFORTS[effort]
    elif effort is not None:
        faults.append(Fault("/reasoning_effort", f"messages have no word for {effort!r}"))
    if schema := _schema(call, faults):
        config["format"] = {"type": "json_schema", "schema": schema}
    return members | ({"output_config": config} if config else {})


def _schema(call: ChatCall, faults: list[Fault]) -> dict[str, Any] | None:
    form = call.response_format
    if form is None or form.type == "text":
        return None
    if form.type != "json_schema":
        faults.append(Fault("/response_format/type", f"messages have no word for {form.type!r}, only for a schema"))
        return None
    if form.json_schema is None or form.json_schema.schema is None:
        faults.append(Fault("/response_format/json_schema/schema", "Field required"))
        return None
    return closed(form.json_schema.schema)
