"""Blocks of messages as content of chat completions."""

from collections.abc import Collection
from typing import Any

from foundation.domain.errors import Fault
from llm_gateway.translation.documents import file_of
from llm_gateway.translation.images import url_of
from llm_gateway.wires.messages.request_body import Block

Part = dict[str, Any]
THOUGHT = frozenset({"thinking", "redacted_thinking"})
"""What was thought is for the provider that signed it; others think anew."""


def parts_of(
    content: str | list[Block] | None, *, at: str, faults: list[Fault], beside: Collection[str] = ()
) -> list[Part]:
    """The parts of texts and images; blocks of the types `beside` these are somebody else's to read."""
    if not isinstance(content, list):
        return [text_part(content)] if content else []
    parts = []
    for index, block in enumerate(content):
        place = f"{at}/{index}"
        if block.type == "text":
            parts.append(text_part(block.text or ""))
        elif block.type == "image":
            parts += _image(block, at=place, faults=faults)
        elif block.type == "document":
            parts += _document(block, at=place, faults=faults)
        elif block.type not in beside:
            faults.append(Fault(f"{place}/type", f"chat completions have no word for {block.type!r} here"))
    return parts


def text_part(text: str) -> Part:
    return {"type": "text", "text": text}


def as_content(parts: list[Part]) -> str | list[Part]:
    """A single text is a string, which every server takes."""
    if not parts:
        return ""
    if len(parts) == 1 and parts[0]["type"] == "text":
        text: str = parts[0]["text"]
        return text
    return parts


def _document(block: Block, *, at: str, faults: list[Fault]) -> list[Part]:
    if block.source is not None and block.source.type == "text" and block.source.data is not None:
        return [text_part(block.source.data)]
    file = file_of(block.source, block.title)
    if file is None:
        faults.append(Fault(f"{at}/type", "chat completions know documents of text, and PDFs in base64"))
        return []
    return [file]


def _image(block: Block, *, at: str, faults: list[Fault]) -> list[Part]:
    url = url_of(block.source)
    if url is None:
        faults.append(Fault(f"{at}/source", "chat completions know links and base64 only"))
        return []
    return [{"type": "image_url", "image_url": {"url": url}}]
