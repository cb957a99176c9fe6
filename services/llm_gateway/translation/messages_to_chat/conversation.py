"""A system prompt and turns of messages as messages of chat completions."""

from typing import Any

import msgspec

from foundation.domain.errors import Fault
from llm_gateway.translation.lengths import CHAT_CALL_ID, Names, short_id
from llm_gateway.translation.messages_to_chat.content import THOUGHT, Part, as_content, parts_of, text_part
from llm_gateway.wires.messages.request_body import Block, Message, MessagesCall

_FAILED = "Error: "
"""What a result that is an error begins with: chat completions mark it in no other way."""
ChatMessage = dict[str, Any]
_encoder = msgspec.json.Encoder()


def conversation_of(call: MessagesCall, names: Names, faults: list[Fault]) -> list[ChatMessage]:
    messages: list[ChatMessage] = []
    if system := _texts(call.system, at="/system", faults=faults):
        messages.append({"role": "system", "content": as_content(system)})
    for index, message in enumerate(call.messages):
        messages += _messages(message, names, at=f"/messages/{index}", faults=faults)
    return messages


def _messages(message: Message, names: Names, *, at: str, faults: list[Fault]) -> list[ChatMessage]:
    match message.role:
        case "user":
            return _user(message.content, at=f"{at}/content", faults=faults)
        case "assistant":
            return _assistant(message.content, names, at=f"{at}/content", faults=faults)
        case "system":
            return [
                {"role": "system", "content": as_content(_texts(message.content, at=f"{at}/content", faults=faults))}
            ]
    faults.append(Fault(f"{at}/role", f"chat completions have no word for {message.role!r} here"))
    return []


def _user(content: str | list[Block], *, at: str, faults: list[Fault]) -> list[ChatMessage]:
    """Results first, as chat completions want them behind their calls; their images come with what the user says."""
    results: list[ChatMessage] = []
    shown: list[Part] = []
    blocks = content if isinstance(content, list) else []
    for index, block in enumerate(blocks):
        if block.type == "tool_result":
            parts = parts_of(block.content, at=f"{at}/{index}/content", faults=faults)
            shown += [part for part in parts if part["type"] != "text"]
            results.append(_result(block, [part for part in parts if part["type"] == "text"]))
    parts = parts_of(content, at=at, faults=faults, beside={"tool_result"})
    if parts or shown or not results:
        return [*results, {"role": "user", "content": as_content([*shown, *parts])}]
    return results


def _result(block: Block, texts: list[Part]) -> ChatMessage:
    if block.is_error:
        first, *others = texts or [text_part("")]
        texts = [text_part(_FAILED + first["text"]), *others]
    return {
        "role": "tool",
        "tool_call_id": short_id(block.tool_use_id or "", most=CHAT_CALL_ID),
        "content": as_content(texts),
    }


def _assistant(content: str | list[Block], names: Names, *, at: str, faults: list[Fault]) -> list[ChatMessage]:
    blocks = content if isinstance(content, list) else []
    calls = [_call(block, names) for block in blocks if block.type == "tool_use"]
    parts = _texts(content, at=at, faults=faults, beside=THOUGHT | {"tool_use"})
    message: ChatMessage = {"role": "assistant", "content": as_content(parts)}
    if calls:
        message["content"] = message["content"] or None
        message["tool_calls"] = calls
    return [message]


def _call(block: Block, names: Names) -> dict[str, Any]:
    arguments = _encoder.encode(block.input or {}).decode()
    return {
        "id": short_id(block.id or "", most=CHAT_CALL_ID),
        "type": "function",
        "function": {"name": names.there(block.name or ""), "arguments": arguments},
    }


def _texts(
    content: str | list[Block] | None, *, at: str, faults: list[Fault], beside: frozenset[str] = frozenset()
) -> list[Part]:
    """The parts of a content in which there are no images."""
    if isinstance(content, list):
        faults += [
            Fault(f"{at}/{index}/type", "chat completions show images and documents to users only")
            for index, block in enumerate(content)
            if block.type in {"image", "document"}
        ]
    return parts_of(content, at=at, faults=faults, beside=beside)
