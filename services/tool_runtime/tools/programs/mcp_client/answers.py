"""What a tool has answered, as the result of its call: short texts stand in it, all else lies beside it as files."""

import base64
import binascii
import json
import mimetypes
import pathlib
from typing import Any

from tool_runtime.tools.programs import json_values
from tool_runtime.tools.programs.endings import OUT
from tool_runtime.tools.programs.mcp_client.faults import McpFailed
from tool_runtime.tools.programs.results import Room, Told, beginning, clean, size_of

SHOWN_BYTES = 96 * 1024
"""Of all texts, links and data that stand whole in the result."""
BEGINNINGS_BYTES = 64 * 1024
"""Of the beginnings of those that are files."""
SHOWN_OF_FILE = 2_000
MOST_PARTS = 90
MOST_LEVELS = 40
_SHOWN_OF_LINK = 200
_MIME_BYTES = 100
_TOLD_ERROR = 1_000


class McpAnswer:
    """Gathers the parts of one answer."""

    def __init__(self, folder: pathlib.Path = OUT) -> None:
        self._folder = folder
        self._room = Room(SHOWN_BYTES)
        self._beginnings = Room(BEGINNINGS_BYTES)
        self._files = 0

    def of(self, result: Any) -> Told:
        """The members of the result. Raises `McpFailed`.

        It has an `error` where the tool says that it has failed, and where what it says as data cannot be stored.
        """
        if len(result.content) > MOST_PARTS:
            raise McpFailed("too_much", f"the answer has {len(result.content)} parts; {MOST_PARTS} are taken at most")
        parts = [self._part(block) for block in result.content]
        told: Told = {"content": parts}
        if result.structured_content is not None:
            told |= self._structured(result.structured_content, parts)
        if result.is_error:
            words = " ".join(part["text"] for part in parts if isinstance(part.get("text"), str))
            told["error"] = {"code": "tool_error", "detail": words[:_TOLD_ERROR] or "the tool says no more than that"}
        return told

    def _structured(self, value: Any, parts: list[Told]) -> Told:
        """The data, or why it is none; what does not stand in the result is a file."""
        error: Told = {}
        try:
            json_values.check(value, most_levels=MOST_LEVELS)
            if self._room.takes(value):
                return {"structured": value}
        except json_values.Unfit as unfit:
            detail = f"the tool has answered, and its structured content cannot be kept as data: {unfit}"
            error = {"error": {"code": "answer_invalid", "detail": f"{detail}; all of it is a file of the call"}}
        try:
            text = json.dumps(value, ensure_ascii=False)
        except (ValueError, RecursionError):
            # A number of thousands of digits, or levels beyond what can be written.
            detail = "the tool has answered, and its structured content can neither be kept as data nor as a file"
            return {"error": {"code": "answer_invalid", "detail": detail}}
        parts.append({"type": "structured", "file": self._file(text.encode(errors="replace"), ".json")})
        return error

    def _part(self, block: Any) -> Told:
        kind = block.type
        if kind == "text":
            return {"type": "text", **self._text(block.text)}
        if kind in {"image", "audio"}:
            return {"type": kind, **self._bytes(block.data, block.mime_type)}
        if kind == "resource_link":
            about = {"uri": str(block.uri), "name": block.name, "description": block.description}
            return {"type": kind, **self._words({name: words for name, words in about.items() if words})}
        resource = block.resource
        uri = self._words({"uri": str(resource.uri)})
        # The file of a part is its content; an address that is none of usual length has one of its own.
        uri = {"uri_file" if name == "file" else name: value for name, value in uri.items()}
        if getattr(resource, "blob", None) is not None:
            return {"type": "resource", **uri, **self._bytes(resource.blob, resource.mime_type)}
        return {"type": "resource", **uri, **self._text(resource.text)}

    def _text(self, text: str) -> Told:
        """The text, with U+FFFD for what cannot be stored; where it is too long its beginning, and all of it a file."""
        shown = clean(text)
        replaced = sum(one != other for one, other in zip(text, shown, strict=True))
        about = {"replaced": replaced} if replaced else {}
        if self._room.takes(shown):
            return {"text": shown, **about}
        first = self._beginnings.text(shown, most=SHOWN_OF_FILE)
        return {"text": first, **about, "file": self._file(text.encode(errors="replace"), ".txt")}

    def _words(self, words: dict[str, str]) -> Told:
        """Short texts by their names; where they are too long the beginning of each, and all of them in a file."""
        shown = {name: clean(text) for name, text in words.items()}
        if size_of(shown) <= SHOWN_OF_FILE and self._room.takes(shown):
            return dict(shown)
        first = {name: beginning(text, _SHOWN_OF_LINK) for name, text in shown.items()}
        return {**first, "truncated": True, "file": self._file(json.dumps(words).encode(), ".json")}

    def _bytes(self, data: str, mime_type: str | None) -> Told:
        try:
            content = base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError) as error:
            raise McpFailed("answer_invalid", f"a part of the answer is no Base64: {error}") from error
        kind = beginning(mime_type or "application/octet-stream", _MIME_BYTES)
        return {"file": self._file(content, mimetypes.guess_extension(kind) or ".bin"), "mime_type": kind}

    def _file(self, content: bytes, ending: str) -> str:
        self._files += 1
        name = f"part-{self._files}{ending}"
        (self._folder / name).write_bytes(content)
        return name
