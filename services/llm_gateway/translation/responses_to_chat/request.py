"""A Responses request as a chat completions request."""

from collections.abc import Iterator, Mapping
from typing import Any

from foundation.domain.errors import Fault
from llm_gateway.translation.base import Untranslatable
from llm_gateway.translation.lengths import CHAT_USER, short_user
from llm_gateway.translation.responses_to_chat.conversation import conversation_of
from llm_gateway.translation.responses_to_chat.fields import BODY, COPIED, REASONING, TEXT, TOOL
from llm_gateway.translation.responses_to_chat.tools import tool_choice_of, tools_of
from llm_gateway.wires.responses.request_body import ResponsesCall, TextFormat, read_responses_call

_LOGPROBS = "message.output_text.logprobs"
"""Of what a caller may have included, the only one that a chat completion could have; others come of other tools."""


def chat_request(body: Mapping[str, Any]) -> dict[str, Any]:
    """`Untranslatable` with every place that has no word on the other side."""
    call = read_responses_call(body)
    faults = list(_lost(body, call))
    translated: dict[str, Any] = {name: body[name] for name in COPIED if body.get(name) is not None}
    if isinstance(translated.get("user"), str):
        translated["user"] = short_user(translated["user"], most=CHAT_USER)
    translated["messages"] = conversation_of(call, faults)
    if body.get("stream"):
        # a stream of Responses always tells its usage
        translated["stream_options"] = {"include_usage": True}
    if call.tools:
        translated["tools"] = tools_of(call.tools, faults)
    translated |= tool_choice_of(call, faults)
    translated |= _output(call)
    if faults:
        raise Untranslatable(faults)
    return translated


def _lost(body: Mapping[str, Any], call: ResponsesCall) -> Iterator[Fault]:
    """The members, of the body and of what is in it, that chat completions have no word for."""
    yield from BODY.faults(body)
    yield from REASONING.faults(body.get("reasoning") or {}, at="/reasoning")
    yield from TEXT.faults(body.get("text") or {}, at="/text")
    for index, tool in enumerate(body.get("tools") or ()):
        if tool["type"] == "function":
            yield from TOOL.faults(tool, at=f"/tools/{index}")
    for index, name in enumerate(call.include or ()):
        if name == _LOGPROBS:
            yield Fault(f"/include/{index}", "not supported: logprobs are not translated")


def _output(call: ResponsesCall) -> dict[str, Any]:
    members = {
        "max_completion_tokens": call.max_output_tokens,
        "reasoning_effort": call.reasoning.effort if call.reasoning is not None else None,
        "verbosity": call.text.verbosity if call.text is not None else None,
        "response_format": _form(call.text.format) if call.text is not None and call.text.format is not None else None,
    }
    return {name: value for name, value in members.items() if value is not None}


def _form(form: TextFormat) -> dict[str, Any]:
    if form.type != "json_schema":
        return {"type": form.type}
    members = {"name": form.name, "description": form.description, "schema": form.schema, "strict": form.strict}
    return {"type": form.type, "json_schema": {name: value for name, value in members.items() if value is not None}}
