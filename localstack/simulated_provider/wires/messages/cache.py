"""What Anthropic's prompt cache would do, derived from a request alone."""

import json
from collections.abc import Iterator
from typing import Any

from simulated_provider.answers.tokens import CacheUse, count_part, count_text

_TTLS = ("5m", "1h")


def cache_use(body: dict[str, Any]) -> CacheUse:
    """How much of a request is read from the cache, and how much is written to it.

    The model has already seen everything before the last assistant turn, so what is there up to a `cache_control`
    is read; what follows, up to the last one, is written.
    """
    read, written, segment = 0, dict.fromkeys(_TTLS, 0), 0
    blocks = list(_blocks(body))
    if body.get("cache_control") and blocks:
        tokens, _, seen = blocks[-1]
        blocks[-1] = (tokens, body["cache_control"], seen)
    for tokens, mark, seen in blocks:
        segment += tokens
        if mark:
            if seen:
                read += segment
            else:
                written[mark.get("ttl", "5m")] += segment
            segment = 0
    return CacheUse(read=read, written_5m=written["5m"], written_1h=written["1h"])


def _blocks(body: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any] | None, bool]]:
    """Each block's tokens, its mark, and whether it stands before the last assistant turn."""
    messages = body["messages"]
    turns = [index for index, message in enumerate(messages) if message["role"] == "assistant"]
    last = turns[-1] if turns else -1
    for tool in body.get("tools") or []:
        yield count_text(json.dumps(tool, separators=(",", ":"))), tool.get("cache_control"), bool(turns)
    for index, message in [(-1, {"content": body.get("system")}), *enumerate(messages)]:
        content = message.get("content")
        blocks: list[dict[str, Any]] = content if isinstance(content, list) else [{"type": "text", "text": content}]
        for block in blocks:
            yield _tokens(block), block.get("cache_control"), index < last


def _tokens(block: dict[str, Any]) -> int:
    match block.get("type"):
        case "text" | "image" | "document":
            return count_part(block)
        case "tool_result":
            content = block.get("content")
            return sum(map(count_part, content)) if isinstance(content, list) else count_text(content or "")
        case "tool_use":
            return count_text(block["name"]) + count_text(json.dumps(block.get("input", {}), ensure_ascii=False))
        case _:
            return 0
