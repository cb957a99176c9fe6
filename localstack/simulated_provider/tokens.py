"""How the simulated provider counts tokens: one for every four bytes of text, rounded up, plus a template's share."""

import json
from dataclasses import dataclass
from typing import Any

MESSAGE_OVERHEAD = 4
TOOL_OVERHEAD = 8
_BYTES_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class CacheUse:
    """Which of the input's tokens were read from a cache or written to one that lives 5 minutes or an hour."""

    read: int = 0
    written_5m: int = 0
    written_1h: int = 0

    @property
    def written(self) -> int:
        return self.written_5m + self.written_1h


NO_CACHE = CacheUse()


def count_text(text: str) -> int:
    return -(-len(text.encode()) // _BYTES_PER_TOKEN)


def count_request(body: dict[str, Any]) -> int:
    """Tokens of the messages and tools of a chat completions request."""
    messages = sum(MESSAGE_OVERHEAD + _count_message(message) for message in body.get("messages", []))
    tools = sum(TOOL_OVERHEAD + count_text(json.dumps(tool, separators=(",", ":"))) for tool in body.get("tools") or [])
    return messages + tools


def _count_message(message: dict[str, Any]) -> int:
    content = message.get("content")
    if isinstance(content, list):
        total = sum(count_text(part.get("text", "")) for part in content)
    else:
        total = count_text(content or "")
    for call in message.get("tool_calls") or []:
        function = call.get("function", {})
        total += count_text(function.get("name", "")) + count_text(function.get("arguments", ""))
    return total
