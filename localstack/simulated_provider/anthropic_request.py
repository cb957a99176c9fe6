"""A request of Anthropic's messages, read into the form that answers are made from."""

import json
from collections.abc import Iterator
from typing import Any

from simulated_provider.scripts import text_of
from simulated_provider.tokens import CacheUse, count_text
from simulated_provider.wire import Asked

_TTLS = ("5m", "1h")


def read_messages(body: Any, *, counting: bool = False) -> Asked:
    """ValueError with what is wrong, in the vendor's manner: the place, then the fault."""
    _check(body, counting=counting)
    messages = []
    if body.get("system"):
        messages.append({"role": "system", "content": body["system"]})
    for message in body["messages"]:
        messages += _as_chat(message)
    chat = {"model": body["model"], "messages": messages, "tools": body.get("tools"), "stream": body.get("stream")}
    if "max_tokens" in body:
        chat["max_tokens"] = body["max_tokens"]
    return Asked(chat, include_usage=True, cache=_cache_use(body))


def _check(body: Any, *, counting: bool) -> None:
    if not isinstance(body, dict) or not isinstance(body.get("model"), str):
        raise ValueError("model: Field required")  # noqa: TRY004
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise ValueError("messages: at least one message is required")
    for index, message in enumerate(messages):
        if not isinstance(message, dict) or message.get("role") not in {"user", "assistant", "system"}:
            raise ValueError(f"messages.{index}.role: Input should be 'user' or 'assistant'")
        content = message.get("content")
        if isinstance(content, list) and not all(isinstance(block, dict) for block in content):
            raise ValueError(f"messages.{index}.content: Input should be a valid list of blocks")
    limit = body.get("max_tokens")
    if not counting and (not isinstance(limit, int) or isinstance(limit, bool) or limit < 1):
        raise ValueError("max_tokens: Field required")


def _as_chat(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Tool results become messages of their own; what an assistant called becomes its tool calls."""
    content = message.get("content")
    if not isinstance(content, list):
        yield {"role": message["role"], "content": content or ""}
        return
    for block in content:
        if block.get("type") == "tool_result":
            yield {"role": "tool", "content": text_of(block)}
    texts = [block for block in content if block.get("type") == "text"]
    calls = [
        {"function": {"name": block["name"], "arguments": _arguments(block)}}
        for block in content
        if block.get("type") == "tool_use"
    ]
    if calls:
        yield {"role": "assistant", "content": texts, "tool_calls": calls}
    elif texts:
        yield {"role": message["role"], "content": texts}


def _arguments(block: dict[str, Any]) -> str:
    return json.dumps(block.get("input", {}), ensure_ascii=False)


def _cache_use(body: dict[str, Any]) -> CacheUse:
    """What a cache would do, told from the request alone.

    What stands up to a mark before the last assistant turn was written then and is read now; what follows, up to the
    last mark, is written.
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
    """Each block's tokens, its mark, and whether it was there at the last assistant turn."""
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
        case "text":
            return count_text(block.get("text") or "")
        case "tool_result":
            return count_text(text_of(block))
        case "tool_use":
            return count_text(block["name"]) + count_text(_arguments(block))
        case _:
            return 0
