"""A message as a chat completion."""

from typing import Any

from llm_gateway.translation.lengths import Names
from llm_gateway.translation.stop_reasons import as_finish_reason
from llm_gateway.wires.chat.usage import write_chat_usage
from llm_gateway.wires.messages.answer_body import Block, Message


def completion_of(answer: Message, *, created: int, keeps_thinking: bool, names: Names) -> dict[str, Any]:
    """A chat completion knows one text and then the calls: blocks of each kind are joined in their order."""
    message: dict[str, Any] = {"role": "assistant", "content": _joined(answer.content, "text"), "refusal": None}
    if answer.stop_details is not None:
        message["refusal"] = answer.stop_details.explanation
    if calls := [_call(block, names) for block in answer.content if block.type == "tool_use"]:
        message["tool_calls"] = calls
    if keeps_thinking and (thinking := _joined(answer.content, "thinking")):
        message["reasoning_content"] = thinking
    choice = {
        "index": 0,
        "message": message,
        "finish_reason": as_finish_reason(answer.stop_reason),
        "logprobs": None,
    }
    document: dict[str, Any] = {
        "id": answer.id or "",
        "object": "chat.completion",
        "created": created,
        "model": answer.model or "",
        "choices": [choice],
    }
    if answer.usage is not None:
        document["usage"] = write_chat_usage(answer.usage.read())
    return document


def _joined(blocks: list[Block], kind: str) -> str | None:
    """None when there is not a word of that kind."""
    return "".join(getattr(block, kind) or "" for block in blocks if block.type == kind) or None


def _call(block: Block, names: Names) -> dict[str, Any]:
    function = {"name": names.back(block.name or ""), "arguments": block.arguments()}
    return {"id": block.id or "", "type": "function", "function": function}
