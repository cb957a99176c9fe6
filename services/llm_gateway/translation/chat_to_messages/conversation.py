"""Messages of chat completions as a system prompt and alternating turns."""

from dataclasses import dataclass, field
from typing import Any

from foundation.domain.errors import Fault
from llm_gateway.translation.chat_to_messages.content import MEDIA, TEXT, Block, blocks_of, text_block
from llm_gateway.translation.chat_to_messages.tools import input_of
from llm_gateway.translation.lengths import Names, short_id
from llm_gateway.wires.chat.request_body import Message, ToolCall

_CALL_ID = 64
_ROLES = {"system": "system", "developer": "system", "user": "user", "tool": "user", "assistant": "assistant"}


@dataclass(slots=True)
class Conversation:
    """`system` is what is said before any turn; a later system message stays where it is."""

    system: list[Block] = field(default_factory=list)
    turns: list[dict[str, Any]] = field(default_factory=list)

    def add(self, role: str, blocks: list[Block]) -> None:
        """Neighbours of one role are one turn, which begins with its tool results."""
        if role == "system" and not self.turns:
            self.system += blocks
        elif self.turns and self.turns[-1]["role"] == role:
            content = [*self.turns[-1]["content"], *blocks]
            self.turns[-1]["content"] = sorted(content, key=lambda block: block["type"] != "tool_result")
        else:
            self.turns.append({"role": role, "content": blocks})


def conversation_of(messages: list[Message], names: Names, faults: list[Fault]) -> Conversation:
    conversation = Conversation()
    for index, message in enumerate(messages):
        at = f"/messages/{index}"
        if message.role not in _ROLES:
            faults.append(Fault(f"{at}/role", f"messages have no word for {message.role!r}"))
        elif blocks := _blocks(message, names, at=at, faults=faults):
            conversation.add(_ROLES[message.role], blocks)
        elif message.role == "user" and message is messages[-1]:
            # left out, it would make the turn before it the last one, which the provider would go on with
            faults.append(Fault(f"{at}/content", "messages have no empty turn"))
    if not conversation.turns and not faults:
        faults.append(Fault("/messages", "messages need a turn beside the system prompt"))
    return conversation


def _blocks(message: Message, names: Names, *, at: str, faults: list[Fault]) -> list[Block]:
    match message.role:
        case "tool":
            return _result(message, at=at, faults=faults)
        case "assistant":
            text = blocks_of(message.content, at=f"{at}/content", faults=faults, kinds=TEXT)
            refusal = [text_block(message.refusal)] if message.refusal else []
            calls = enumerate(message.tool_calls or ())
            return [
                *text,
                *refusal,
                *(_call(call, names, at=f"{at}/tool_calls/{n}", faults=faults) for n, call in calls),
            ]
        case "user":
            blocks = blocks_of(message.content, at=f"{at}/content", faults=faults, kinds=MEDIA)
            return _with_speaker(message.name, blocks) if message.name else blocks
    return blocks_of(message.content, at=f"{at}/content", faults=faults, kinds=TEXT)


def _with_speaker(name: str, blocks: list[Block]) -> list[Block]:
    """The speaker's name stands before the text, since messages have no member for it."""
    if not blocks:
        return blocks
    if blocks[0]["type"] != "text":
        return [text_block(f"{name}:"), *blocks]
    return [text_block(f"{name}: {blocks[0]['text']}"), *blocks[1:]]


def _result(message: Message, *, at: str, faults: list[Fault]) -> list[Block]:
    if message.tool_call_id is None:
        faults.append(Fault(f"{at}/tool_call_id", "Field required"))
    block: Block = {"type": "tool_result", "tool_use_id": short_id(message.tool_call_id or "", most=_CALL_ID)}
    content = blocks_of(message.content, at=f"{at}/content", faults=faults, kinds=MEDIA)
    if isinstance(message.content, str) and message.content:
        block["content"] = message.content
    elif content:
        block["content"] = content
    return [block]


def _call(call: ToolCall, names: Names, *, at: str, faults: list[Fault]) -> Block:
    if call.type != "function" or call.function is None:
        faults.append(Fault(f"{at}/type", f"messages have no word for {call.type!r}"))
        return {"type": "tool_use"}
    try:
        value = input_of(call.function.arguments)
    except ValueError:
        faults.append(Fault(f"{at}/function/arguments", "messages take an object in JSON only"))
        value = {}
    return {
        "type": "tool_use",
        "id": short_id(call.id, most=_CALL_ID),
        "name": names.there(call.function.name),
        "input": value,
    }
