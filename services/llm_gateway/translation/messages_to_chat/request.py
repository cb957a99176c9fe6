"""A messages request as a chat completions request."""

from collections.abc import Iterator, Mapping
from typing import Any

from foundation.domain.errors import Fault
from llm_gateway.translation.base import Untranslatable
from llm_gateway.translation.lengths import CHAT_STOPS, CHAT_USER, short_user
from llm_gateway.translation.messages_to_chat.conversation import conversation_of
from llm_gateway.translation.messages_to_chat.fields import BODY, MESSAGE, METADATA, OUTPUT_CONFIG, TOOL
from llm_gateway.translation.messages_to_chat.output import output_of
from llm_gateway.translation.messages_to_chat.tools import choice_of, names_of, tools_of
from llm_gateway.wires.messages.request_body import MessagesCall, read_messages_call

_CLEARS_THINKING = "clear_thinking_"


def chat_request(body: Mapping[str, Any]) -> dict[str, Any]:
    """`Untranslatable` with every place that has no word on the other side."""
    call = read_messages_call(body)
    faults = _lost(body)
    translated: dict[str, Any] = {name: body[name] for name in ("model", "stream") if name in body}
    names = names_of(call.tools)
    translated["messages"] = conversation_of(call, names, faults)
    if body.get("stream"):
        # a stream of messages always tells its usage
        translated["stream_options"] = {"include_usage": True}
    if call.tools:
        translated["tools"] = tools_of(call.tools, names, faults)
    translated |= choice_of(call, names, faults)
    translated |= _sampling(call, faults)
    translated |= output_of(call, faults)
    if faults:
        raise Untranslatable(faults)
    return translated


def _lost(body: Mapping[str, Any]) -> list[Fault]:
    """The members, of the body and of what is in it, that chat completions have no word for."""
    faults = list(BODY.faults(body))
    faults += OUTPUT_CONFIG.faults(body.get("output_config") or {}, at="/output_config")
    faults += METADATA.faults(body.get("metadata") or {}, at="/metadata")
    for index, message in enumerate(body["messages"]):
        faults += MESSAGE.faults(message, at=f"/messages/{index}")
    for index, tool in enumerate(body.get("tools") or ()):
        if tool.get("type") in {None, "custom"}:
            faults += TOOL.faults(tool, at=f"/tools/{index}")
    faults += _edits(body.get("context_management"))
    return faults


def _edits(management: object) -> Iterator[Fault]:
    """Thinking that is to be cleared is not sent on anyway; other edits change what the model is told."""
    edits = management.get("edits") if isinstance(management, Mapping) else None
    for index, edit in enumerate(edits or ()):
        if not str(edit.get("type") if isinstance(edit, Mapping) else edit).startswith(_CLEARS_THINKING):
            yield Fault(f"/context_management/edits/{index}/type", "chat completions have no word for it")


def _sampling(call: MessagesCall, faults: list[Fault]) -> dict[str, Any]:
    if len(call.stop_sequences or ()) > CHAT_STOPS:
        faults.append(Fault("/stop_sequences", f"chat completions take at most {CHAT_STOPS}"))
    user = call.metadata.user_id if call.metadata is not None else None
    members = {
        "max_completion_tokens": call.max_tokens,
        "stop": call.stop_sequences or None,
        "temperature": call.temperature,
        "top_p": call.top_p,
        "user": None if user is None else short_user(user, most=CHAT_USER),
    }
    return {name: value for name, value in members.items() if value is not None}
