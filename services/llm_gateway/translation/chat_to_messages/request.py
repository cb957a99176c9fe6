"""A chat completions request as a messages request."""

from collections.abc import Mapping
from typing import Any

from foundation.domain.errors import Fault
from llm_gateway.translation.base import Untranslatable
from llm_gateway.translation.chat_to_messages.content import Block
from llm_gateway.translation.chat_to_messages.conversation import conversation_of
from llm_gateway.translation.chat_to_messages.fields import BODY, FUNCTION, MESSAGES
from llm_gateway.translation.chat_to_messages.output import output_of
from llm_gateway.translation.chat_to_messages.tools import names_of, tool_choice_of, tools_of
from llm_gateway.translation.lengths import MESSAGES_USER, short_user
from llm_gateway.wires.chat.request_body import ChatCall, read_chat_call

_HOTTEST = 1.0
"""Messages end where chat completions have half of their scale."""


def messages_request(body: Mapping[str, Any]) -> dict[str, Any]:
    """`Untranslatable` with every place that has no word on the other side."""
    call = read_chat_call(body)
    faults = _lost(body)
    names = names_of(call.tools)
    conversation = conversation_of(call.messages, names, faults)
    translated: dict[str, Any] = {name: body[name] for name in ("model", "stream") if name in body}
    translated["messages"] = conversation.turns
    if conversation.system:
        translated["system"] = _system(conversation.system)
    if call.tools:
        translated["tools"] = tools_of(call.tools, names, faults)
    if choice := tool_choice_of(call, names, faults):
        translated["tool_choice"] = choice
    translated |= _sampling(call, faults)
    translated |= output_of(call, faults)
    if faults:
        raise Untranslatable(faults)
    return translated


def _lost(body: Mapping[str, Any]) -> list[Fault]:
    """The members, of the body and of what is in it, that messages have no word for."""
    faults = list(BODY.faults(body))
    for index, message in enumerate(body["messages"]):
        if fields := MESSAGES.get(message["role"]):
            faults += fields.faults(message, at=f"/messages/{index}")
    for index, tool in enumerate(body.get("tools") or ()):
        faults += FUNCTION.faults(tool.get("function") or {}, at=f"/tools/{index}/function")
    return faults


def _system(blocks: list[Block]) -> str | list[Block]:
    text: str = blocks[0]["text"]
    return text if len(blocks) == 1 else blocks


def _sampling(call: ChatCall, faults: list[Fault]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    limit = call.max_tokens if call.max_completion_tokens is None else call.max_completion_tokens
    if limit is not None:
        members["max_tokens"] = limit
    if call.stop:
        members["stop_sequences"] = [call.stop] if isinstance(call.stop, str) else call.stop
        if not all(stop.strip() for stop in members["stop_sequences"]):
            faults.append(Fault("/stop", "messages take no stop sequence of blanks only"))
    if call.temperature is not None:
        members["temperature"] = call.temperature
        if call.temperature > _HOTTEST:
            faults.append(Fault("/temperature", "messages know none above 1"))
    if call.top_p is not None:
        members["top_p"] = call.top_p
    user = call.safety_identifier if call.user is None else call.user
    if user is not None:
        members["metadata"] = {"user_id": short_user(user, most=MESSAGES_USER)}
    return members
