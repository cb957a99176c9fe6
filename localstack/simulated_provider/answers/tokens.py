"""Counts tokens: one for every four bytes of text, rounded up, and some for each message and tool."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

MESSAGE_OVERHEAD = 4
TOOL_OVERHEAD = 8
IMAGE_TOKENS = 1024
"""The tokens of any image, whatever its size and detail."""
SEARCH_TOKENS = 400
"""The tokens of the results of any search."""
_BYTES_PER_TOKEN = 4
_IMAGES = frozenset({"image", "image_url", "input_image"})


@dataclass(frozen=True, slots=True)
class CacheUse:
    """How many tokens of the input were read from a cache, or written to one that is kept for 5 minutes or an hour."""

    read: int = 0
    written_5m: int = 0
    written_1h: int = 0

    @property
    def written(self) -> int:
        return self.written_5m + self.written_1h


NO_CACHE = CacheUse()


def count_text(text: str) -> int:
    return -(-len(text.encode()) // _BYTES_PER_TOKEN)


def fitting(text: str, tokens: int) -> str:
    """The beginning of a text that has at most `tokens` tokens."""
    return text.encode()[: tokens * _BYTES_PER_TOKEN].decode(errors="ignore")


def count_request(body: dict[str, Any]) -> int:
    """Tokens of the messages, the tools and the response format of a chat completions request."""
    form = body.get("response_format")
    return (
        count_messages(body.get("messages", []))
        + count_tools(body.get("tools") or [])
        + (count_text(_json(form)) if form else 0)
    )


def count_messages(messages: Iterable[dict[str, Any]]) -> int:
    return sum(MESSAGE_OVERHEAD + _count_message(message) for message in messages)


def count_tools(tools: Iterable[dict[str, Any]]) -> int:
    return sum(TOOL_OVERHEAD + count_text(_json(tool)) for tool in tools)


def count_part(part: dict[str, Any]) -> int:
    """Tokens of one part of a message's content: an image, a document, or text."""
    if part.get("type") in _IMAGES:
        return IMAGE_TOKENS
    match part:
        case {"type": "document", "source": {"type": "text", "data": str(text)}}:
            return count_text(text)
        case {"type": "document", "source": {"type": "base64", "data": str(data)}}:
            return _count_file(data)
        case {"type": "file", "file": {"file_data": str(data)}} | {"type": "input_file", "file_data": str(data)}:
            return _count_file(data.partition(",")[2])
    return count_text(part.get("text") or "")


def _count_file(encoded: str) -> int:
    """A file counts as one image and as the text that its bytes would be."""
    return IMAGE_TOKENS + -(-len(encoded) * 3 // 4 // _BYTES_PER_TOKEN)


def _count_message(message: dict[str, Any]) -> int:
    content = message.get("content")
    total = sum(map(count_part, content)) if isinstance(content, list) else count_text(content or "")
    for call in message.get("tool_calls") or []:
        function = call.get("function", {})
        total += count_text(function.get("name", "")) + count_text(function.get("arguments", ""))
    return total


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
