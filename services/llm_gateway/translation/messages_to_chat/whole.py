"""A chat completion as a message."""

from typing import Any

import msgspec
from pydantic_core import from_json

from llm_gateway.exchange.usage import NO_USAGE
from llm_gateway.translation.lengths import Names
from llm_gateway.translation.stop_reasons import as_stop_reason
from llm_gateway.wires.chat.answer_body import ChatAnswer, Choice, Message, ToolCall
from llm_gateway.wires.decoding import decode_answer
from llm_gateway.wires.messages.usage import write_messages_usage

_objects = msgspec.json.Decoder(dict[str, msgspec.Raw])


def message_of(answer: ChatAnswer, choice: Choice, message: Message, *, names: Names) -> dict[str, Any]:
    """ValueError when a call has arguments that are no object in JSON."""
    cut = choice.finish_reason == "length"
    text = (message.content or "") + (message.refusal or "")
    calls = [_call(call, names, cut=cut) for call in message.tool_calls or ()]
    return {
        "id": answer.id or "",
        "type": "message",
        "role": "assistant",
        "model": answer.model or "",
        "content": [*([{"type": "text", "text": text}] if text else []), *calls],
        "stop_reason": as_stop_reason(
            choice.finish_reason, called=bool(message.tool_calls), refused=bool(message.refusal)
        ),
        "stop_sequence": None,
        "usage": write_messages_usage(answer.usage.read() if answer.usage is not None else NO_USAGE),
    }


def _call(call: ToolCall, names: Names, *, cut: bool) -> dict[str, Any]:
    name = call.function.name if call.function is not None else None
    arguments = call.function.arguments if call.function is not None else None
    return {
        "type": "tool_use",
        "id": call.id or "",
        "name": names.back(name or ""),
        "input": _input(arguments or "", cut=cut),
    }


def _input(arguments: str, *, cut: bool) -> msgspec.Raw | dict[str, Any]:
    """The arguments as they came; of an answer that was cut off, what there is of them."""
    if not arguments.strip():
        return {}
    if cut:
        parsed = from_json(arguments, allow_partial=True)
        if not isinstance(parsed, dict):
            raise ValueError("the arguments of a call are an object")
        return parsed
    decode_answer(_objects, arguments)
    return msgspec.Raw(arguments.encode())
