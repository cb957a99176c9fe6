"""The objects that OpenAI's Responses are made of: the response itself, and the items of its output."""

from typing import Any

from simulated_provider.answers.answer import Finish
from simulated_provider.answers.generation import ToolCall
from simulated_provider.answers.usage import Usage
from simulated_provider.wires.base import CREATED, Reply

_DEFAULTS: dict[str, Any] = {
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "reasoning": {"effort": None, "summary": None},
    "store": True,
    "temperature": 1.0,
    "text": {"format": {"type": "text"}},
    "tool_choice": "auto",
    "top_p": 1.0,
    "truncation": "disabled",
    "user": None,
}
"""The members of a request that its response repeats, with the values for those that the request leaves out."""


def whole_response(reply: Reply, usage: Usage | None) -> dict[str, Any]:
    """The response after its end."""
    cut = reply.answer.finish is Finish.LENGTH
    return response(reply, status="incomplete" if cut else "completed") | {
        "completed_at": None if cut else CREATED,
        "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
        "output": output_items(reply),
        "usage": None if usage is None else _usage(usage),
    }


def response(reply: Reply, *, status: str) -> dict[str, Any]:
    """The response before it has output."""
    repeated = {
        name: value for name, value in reply.request.original.items() if name in _DEFAULTS and value is not None
    }
    return {
        **_DEFAULTS,
        **repeated,
        "id": reply.request_id,
        "object": "response",
        "created_at": CREATED,
        "completed_at": None,
        "status": status,
        "background": False,
        "error": None,
        "incomplete_details": None,
        "model": reply.answer.model,
        "output": [],
        "previous_response_id": None,
        "service_tier": "default",
        "tools": reply.request.original.get("tools") or [],
        "usage": None,
    }


def output_items(reply: Reply) -> list[dict[str, Any]]:
    """Reasoning, then the message, then the calls. A message that was cut off is incomplete and the last item."""
    answer = reply.answer
    items = [reasoning_item(reply)] if answer.thinking else []
    items += search_items(reply)
    if answer.text:
        cut = answer.finish is Finish.LENGTH
        status = "incomplete" if cut else "completed"
        items.append(message_item(reply, status=status, content=[text_part(answer.text)]))
    return [*items, *(call_item(call, call.arguments, status="completed") for call in answer.tool_calls)]


def search_items(reply: Reply) -> list[dict[str, Any]]:
    action = {"type": "search", "query": "penguins"}
    return [
        {"id": reply.id(f"ws_{number}_"), "type": "web_search_call", "status": "completed", "action": action}
        for number in range(reply.answer.searches)
    ]


def reasoning_item(reply: Reply) -> dict[str, Any]:
    """The item of the reasoning; if the request asks for a summary, that is the reasoning itself."""
    wanted = (reply.request.original.get("reasoning") or {}).get("summary")
    summary = [summary_part(reply.answer.thinking)] if wanted else []
    return {"id": reply.id("rs_"), "type": "reasoning", "summary": summary}


def message_item(reply: Reply, *, status: str, content: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": reply.id("msg_"), "type": "message", "status": status, "role": "assistant", "content": content}


def call_item(call: ToolCall, arguments: str, *, status: str) -> dict[str, Any]:
    return {
        "id": f"fc_{call.key}",
        "type": "function_call",
        "status": status,
        "call_id": f"call_{call.key}",
        "name": call.name,
        "arguments": arguments,
    }


def text_part(text: str) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def summary_part(text: str) -> dict[str, Any]:
    return {"type": "summary_text", "text": text}


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "input_tokens": usage.input_tokens,
        "input_tokens_details": {"cached_tokens": usage.cache.read, "cache_write_tokens": 0},
        "output_tokens": usage.output_tokens,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
        "total_tokens": usage.input_tokens + usage.output_tokens,
    }
