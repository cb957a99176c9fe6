"""The response that a chat completion becomes, with what was asked in it as Responses repeat it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from llm_gateway.exchange.usage import Usage
from llm_gateway.wires.responses.usage import write_responses_usage

_ASKED: dict[str, Any] = {
    "instructions": None,
    "max_output_tokens": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "reasoning": {},
    "temperature": None,
    "text": {"format": {"type": "text"}},
    "tool_choice": "auto",
    "tools": [],
    "top_p": None,
    "truncation": "disabled",
    "user": None,
}
"""Members of a response that repeat the request, and what they are where it says nothing."""
_INCOMPLETE = {"length": "max_output_tokens", "content_filter": "content_filter"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What a response has from its beginning on."""

    id: str
    created_at: int
    model: str


def begun(heading: Heading, asked: Mapping[str, Any]) -> dict[str, Any]:
    return _document(heading, asked, status="in_progress", output=[])


def ended(
    heading: Heading,
    asked: Mapping[str, Any],
    *,
    output: list[dict[str, Any]],
    finish_reason: str | None,
    usage: Usage | None,
) -> dict[str, Any]:
    finished = is_finished(finish_reason)
    document = _document(heading, asked, status="completed" if finished else "incomplete", output=output)
    if not finished:
        document["incomplete_details"] = {"reason": _INCOMPLETE[finish_reason or ""]}
    document["usage"] = write_responses_usage(usage) if usage is not None else None
    return document


def is_finished(finish_reason: str | None) -> bool:
    return finish_reason not in _INCOMPLETE


def _document(
    heading: Heading, asked: Mapping[str, Any], *, status: str, output: list[dict[str, Any]]
) -> dict[str, Any]:
    repeated = {name: usual if asked.get(name) is None else asked[name] for name, usual in _ASKED.items()}
    return {
        "id": heading.id,
        "object": "response",
        "created_at": heading.created_at,
        "status": status,
        "error": None,
        "incomplete_details": None,
        "model": heading.model,
        "output": output,
        "previous_response_id": None,
        "usage": None,
        **repeated,
    }
