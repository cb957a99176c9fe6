"""The messages of an agent's conversation: in OpenAI's wire form, with members of our own that no provider is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from foundation.contracts.accepted.accepted_json import NotAccepted, parse_json
from orchestrator.tools.functions import shown_result

Message = dict[str, Any]

OWN_MEMBERS = frozenset({"files", "finish_reason", "tool", "status", "final", "correction", "workspace", "lost"})
"""`final` has the data of an accepted answer, `correction` is true where the model is told that its answer is wrong.

`workspace` is what a call left below `/work`, `lost` is why that could not be kept.
"""

FINISH = "finish"
"""The tool by which an agent gives an answer of the form that its step asks for."""

_REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class LeftWorkspace:
    """What an agent's calls left below `/work`: an artifact, nothing as yet, or what is lost since the last call."""

    workspace: Message | None = None
    is_lost: bool = False


def wire(message: Message) -> Message:
    """The message as providers accept it."""
    return {key: value for key, value in message.items() if key not in OWN_MEMBERS}


def name_called(call: Message) -> str:
    return str(call.get("function", {}).get("name", ""))


def tool_arguments(call: Message) -> dict[str, Any] | str:
    """The arguments of a tool call as the model wrote them; otherwise a text that explains what is wrong with them."""
    raw = call.get("function", {}).get("arguments") or "{}"
    try:
        arguments = parse_json(raw)
    except NotAccepted as error:
        return f"the arguments cannot be read: {error}"
    return arguments if isinstance(arguments, dict) else "the arguments must be a JSON object"


def tool_message(call: Message, document: dict[str, Any], **own: Any) -> Message:
    """The message that answers a tool call with its document."""
    own = {"files": document.get("files", []), "status": document.get("status"), **own}
    if document.get("workspace"):
        own["workspace"] = document["workspace"]
    return {"role": "tool", "tool_call_id": call.get("id"), "content": shown_result(document), **own}


def refusal(call: Message, detail: str, **own: Any) -> Message:
    """The message by which the model reads that its call was not made, and why."""
    return tool_message(call, {"status": _REFUSED, "detail": detail}, **own)


def files_of(messages: list[Message]) -> list[dict[str, Any]]:
    """Every file that the turns produced; the later one where two have the same name."""
    by_name = {file["name"]: file for message in messages for file in message.get("files", [])}
    return list(by_name.values())


def left_by(messages: Sequence[Message]) -> LeftWorkspace:
    """The workspace as the last call left it that had one."""
    for message in reversed(messages):
        if message.get("lost"):
            return LeftWorkspace(is_lost=True)
        if message.get("workspace"):
            return LeftWorkspace(message["workspace"])
    return LeftWorkspace()


def lost_in(messages: Sequence[Message]) -> list[dict[str, str]]:
    """Every workspace that a call left and that could not be kept, as `skipped` of an output names it."""
    return [{"path": "workspace", "reason": str(message["lost"])} for message in messages if message.get("lost")]


def corrections_in(messages: list[Message]) -> int:
    """How often the model was told that its answer is wrong."""
    return sum(1 for message in messages if message.get("correction"))


def last_answer(messages: list[Message]) -> tuple[Message, list[Message]]:
    """The model's last message, and those that follow it: the answers to its calls, or what it is told."""
    place = max(place for place, message in enumerate(messages) if message["role"] == "assistant")
    return messages[place], messages[place + 1 :]


def last_text(messages: list[Message]) -> str:
    """What the model has said last in words; empty where it only called tools."""
    said = (str(one["content"]) for one in reversed(messages) if one["role"] == "assistant" and one.get("content"))
    return next(said, "")


def finish_function(schema: dict[str, Any]) -> dict[str, Any]:
    """The function that ends the step: its parameters are what the step asks for."""
    description = "Gives the final result and ends the task. Call it alone, once everything else is done."
    return {"type": "function", "function": {"name": FINISH, "description": description, "parameters": schema}}
