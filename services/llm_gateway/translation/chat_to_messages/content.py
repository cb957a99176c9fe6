"""Content of chat completions as blocks of messages."""

from collections.abc import Collection
from typing import Any

from foundation.domain.errors import Fault
from llm_gateway.translation.documents import document_of
from llm_gateway.translation.images import source_of
from llm_gateway.wires.chat.request_body import File, Part

Block = dict[str, Any]
TEXT = frozenset({"text", "refusal"})
MEDIA = TEXT | {"image_url", "file"}


def blocks_of(content: str | list[Part] | None, *, at: str, faults: list[Fault], kinds: Collection[str]) -> list[Block]:
    """The blocks of a content whose parts may be of `kinds`; messages know no empty text, so it is left out."""
    if not isinstance(content, list):
        return [text_block(content)] if content and content.strip() else []
    blocks = []
    for index, part in enumerate(content):
        if part.type not in kinds:
            faults.append(Fault(f"{at}/{index}/type", f"messages have no word for {part.type!r} here"))
        elif part.type == "image_url":
            blocks += _image(part, at=f"{at}/{index}", faults=faults)
        elif part.type == "file":
            blocks += _document(part, at=f"{at}/{index}", faults=faults)
        elif (text := part.text or part.refusal) and text.strip():
            blocks.append(text_block(text))
    return blocks


def text_block(text: str) -> Block:
    return {"type": "text", "text": text}


def _document(part: Part, *, at: str, faults: list[Fault]) -> list[Block]:
    file = part.file or File()
    document = document_of(file.file_data, file.filename)
    if document is None:
        faults.append(Fault(f"{at}/type", "messages know a file that is a PDF, as a data URL in file_data"))
        return []
    return [document]


def _image(part: Part, *, at: str, faults: list[Fault]) -> list[Block]:
    source = source_of(part.image_url.url) if part.image_url is not None else None
    if source is None:
        faults.append(Fault(f"{at}/image_url/url", "a link, or a data URL of a JPEG, PNG, GIF or WebP"))
        return []
    return [{"type": "image", "source": source}]
