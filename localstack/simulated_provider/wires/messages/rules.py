"""What Anthropic refuses of a request that has the right shape. Each rule is the vendor's and names its source.

The sources are the vendor's API reference, the types of the package `anthropic`, and the errors that it answers.
"""

import re
from typing import Any

from simulated_provider.answers.request import RequestRefused

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
"""API reference, tools: "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'"."""
_CALL_ID = re.compile(r"[a-zA-Z0-9_-]+")
"""The answer "tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'"."""
_MOST_USER = 256
"""API reference, metadata.user_id: at most 256 characters."""
_MOST_CACHE_MARKS = 4
"""The answer "A maximum of 4 blocks with cache_control may be provided"."""
_IMAGES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
"""anthropic/types/base64_image_source_param.py."""


def check_messages(body: dict[str, Any]) -> None:
    """Raise `RequestRefused` for the first thing that the vendor would refuse."""
    for name in ("temperature", "top_p"):
        value = body.get(name)
        if value is not None and not 0 <= value <= 1:
            raise RequestRefused(f"{name}: Input should be between 0 and 1")
    top_k = body.get("top_k")
    if top_k is not None and (not isinstance(top_k, int) or isinstance(top_k, bool) or top_k < 0):
        raise RequestRefused("top_k: Input should be a valid integer, greater than or equal to 0")
    user = (body.get("metadata") or {}).get("user_id")
    if not isinstance(user, str | None):
        raise RequestRefused("metadata.user_id: Input should be a valid string")
    if len(user or "") > _MOST_USER:
        raise RequestRefused(f"metadata.user_id: String should have at most {_MOST_USER} characters")
    if not all(stop.strip() for stop in body.get("stop_sequences") or []):
        # the answer "stop_sequences: each stop sequence must contain non-whitespace"
        raise RequestRefused("stop_sequences: each stop sequence must contain non-whitespace")
    _check_tools(body)
    _check_thinking(body)
    _check_content(body["messages"])
    _check_pairs(body["messages"])
    if str(body).count("'cache_control': {") > _MOST_CACHE_MARKS:
        raise RequestRefused(f"A maximum of {_MOST_CACHE_MARKS} blocks with cache_control may be provided.")


def _check_tools(body: dict[str, Any]) -> None:
    names = set()
    for index, tool in enumerate(body.get("tools") or []):
        if tool.get("type") not in {None, "custom"}:
            continue
        at = f"tools.{index}.custom"
        name = tool.get("name")
        if not isinstance(name, str) or _NAME.fullmatch(name) is None:
            raise RequestRefused(f"{at}.name: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'")
        if name in names:
            raise RequestRefused("tools: Tool names must be unique.")
        names.add(name)
        if (tool.get("input_schema") or {}).get("type") != "object":
            raise RequestRefused(f"{at}.input_schema.type: Field required")
    if body.get("tool_choice") is not None and not body.get("tools"):
        raise RequestRefused("tool_choice: tool_choice may only be specified while providing tools.")


def _check_thinking(body: dict[str, Any]) -> None:
    """The guide to extended thinking allows only temperature 1, and no `tool_choice` that forces a call."""
    if (body.get("thinking") or {}).get("type") != "enabled":
        return
    if body.get("temperature") not in {None, 1}:
        raise RequestRefused("`temperature` may only be set to 1 when thinking is enabled.")
    if (body.get("tool_choice") or {}).get("type") in {"any", "tool"}:
        raise RequestRefused("Thinking may not be enabled when tool_choice forces tool use.")


def _check_content(messages: list[dict[str, Any]]) -> None:
    """The answers "all messages must have non-empty content" and "text content blocks must be non-empty"."""
    for index, message in enumerate(messages):
        content, is_last = message.get("content"), index == len(messages) - 1
        at = f"messages.{index}"
        if not content and not (is_last and message["role"] == "assistant"):
            expected = "all messages must have non-empty content except for the optional final assistant message"
            raise RequestRefused(f"{at}: {expected}")
        blocks: list[dict[str, Any]] = (
            content if isinstance(content, list) else [{"type": "text", "text": content}] if content else []
        )
        for number, block in enumerate(blocks):
            if block.get("type") == "text" and not (block.get("text") or "").strip():
                raise RequestRefused(f"{at}.content.{number}: text content blocks must contain non-whitespace text")
            source = block.get("source") or {}
            if (
                block.get("type") == "image"
                and source.get("type") == "base64"
                and source.get("media_type") not in _IMAGES
            ):
                raise RequestRefused(f"{at}.content.{number}.image.source.base64.media_type: Input should be an image")
        if is_last and message["role"] == "assistant" and blocks:
            text = blocks[-1].get("text")
            if isinstance(text, str) and text != text.rstrip():
                raise RequestRefused("messages: final assistant content cannot end with trailing whitespace")


def _check_pairs(messages: list[dict[str, Any]]) -> None:
    """The answers "tool_use ids were found without tool_result blocks immediately after" and "unexpected …"."""
    waiting: set[str] = set()
    for index, message in enumerate(messages):
        content = message.get("content")
        blocks: list[dict[str, Any]] = content if isinstance(content, list) else []
        results = {block["tool_use_id"] for block in blocks if block.get("type") == "tool_result"}
        at = f"messages.{index}"
        if unknown := results - waiting:
            raise RequestRefused(f"{at}: unexpected `tool_use_id` found in `tool_result` blocks: {min(unknown)}.")
        if missing := waiting - results:
            expected = "`tool_use` ids were found without `tool_result` blocks immediately after"
            raise RequestRefused(f"{at}: {expected}: {min(missing)}.")
        waiting = set()
        for number, block in enumerate(blocks):
            if block.get("type") != "tool_use":
                continue
            if _CALL_ID.fullmatch(block.get("id") or "") is None:
                raise RequestRefused(
                    f"{at}.content.{number}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'"
                )
            if _NAME.fullmatch(block.get("name") or "") is None:
                raise RequestRefused(f"{at}.content.{number}.tool_use.name: String should match pattern")
            waiting.add(block["id"])
    if waiting:
        raise RequestRefused(
            f"messages.{len(messages)}: `tool_use` ids were found without `tool_result` blocks: {min(waiting)}."
        )
