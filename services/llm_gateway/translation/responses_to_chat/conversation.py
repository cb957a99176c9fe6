"""Instructions and input items as messages of chat completions."""

from typing import Any

from foundation.domain.errors import Fault
from llm_gateway.translation.lengths import CHAT_CALL_ID, short_id
from llm_gateway.wires.responses.request_body import Item, Part, ResponsesCall

ChatMessage = dict[str, Any]
_ROLES = {"user": "user", "assistant": "assistant", "system": "system", "developer": "system"}
"""Every server knows `system`; to those that know `developer` it is the same."""
_TEXTS = frozenset({"input_text", "output_text"})


def conversation_of(call: ResponsesCall, faults: list[Fault]) -> list[ChatMessage]:
    messages: list[ChatMessage] = []
    if call.instructions is not None:
        messages.append({"role": "system", "content": call.instructions})
    if isinstance(call.input, str):
        return [*messages, {"role": "user", "content": call.input}]
    shown: list[dict[str, Any]] = []
    for index, item in enumerate(call.input):
        at = f"/input/{index}"
        if shown and item.type != "function_call_output":
            messages.append({"role": "user", "content": shown})
            shown = []
        match item.type:
            case "message":
                messages.append(_message(item, at=at, faults=faults))
            case "function_call":
                _add_call(messages, item)
            case "function_call_output":
                shown += _add_output(messages, item, at=at, faults=faults)
            case "reasoning" | "web_search_call":
                # what was thought or found is for the provider that wrote it; others think anew
                continue
            case _:
                faults.append(Fault(f"{at}/type", f"chat completions have no word for {item.type!r}"))
    return [*messages, {"role": "user", "content": shown}] if shown else messages


def _message(item: Item, *, at: str, faults: list[Fault]) -> ChatMessage:
    role = _ROLES.get(item.role or "")
    if role is None:
        faults.append(Fault(f"{at}/role", f"chat completions have no word for {item.role!r}"))
    content: Any = item.content or ""
    if isinstance(content, list):
        content = _parts(content, at=f"{at}/content", faults=faults)
    return {"role": role, "content": content}


def _add_call(messages: list[ChatMessage], item: Item) -> None:
    """Calls are of the message before them, when that is the assistant's."""
    if not messages or messages[-1]["role"] != "assistant":
        messages.append({"role": "assistant", "content": None})
    function = {"name": item.name or "", "arguments": item.arguments or ""}
    call = {"id": short_id(item.call_id or "", most=CHAT_CALL_ID), "type": "function", "function": function}
    messages[-1].setdefault("tool_calls", []).append(call)


def _add_output(messages: list[ChatMessage], item: Item, *, at: str, faults: list[Fault]) -> list[dict[str, Any]]:
    """Add the result; its images are returned, for chat completions take them from users only."""
    content: Any = item.output or ""
    images = []
    if isinstance(content, list):
        parts = _parts(content, at=f"{at}/output", faults=faults)
        images = [part for part in parts if part["type"] != "text"]
        content = [part for part in parts if part["type"] == "text"] or ""
    messages.append(
        {"role": "tool", "tool_call_id": short_id(item.call_id or "", most=CHAT_CALL_ID), "content": content}
    )
    return images


def _parts(parts: list[Part], *, at: str, faults: list[Fault]) -> list[dict[str, Any]]:
    translated: list[dict[str, Any]] = []
    for index, part in enumerate(parts):
        if part.type in _TEXTS:
            translated.append({"type": "text", "text": part.text or ""})
        elif part.type == "refusal":
            translated.append({"type": "refusal", "refusal": part.refusal or ""})
        elif part.type == "input_image" and part.image_url is not None:
            translated.append({"type": "image_url", "image_url": {"url": part.image_url}})
        elif part.type == "input_file" and part.file_data is not None:
            file = {"filename": part.filename or "document.pdf", "file_data": part.file_data}
            translated.append({"type": "file", "file": file})
        else:
            faults.append(Fault(f"{at}/{index}/type", f"chat completions have no word for this {part.type!r}"))
    return translated
