"""PDFs: a file with a data URL in OpenAI's words, a document with a source in Anthropic's."""

import re
from typing import Any

from llm_gateway.wires.messages.request_body import Source

_DATA_URL = re.compile(r"data:application/pdf;base64,(.*)", re.DOTALL)
_NAME = "document.pdf"


def document_of(file_data: str | None, filename: str | None) -> dict[str, Any] | None:
    """The block that a file is; None where it is no PDF that stands in the request."""
    match = _DATA_URL.fullmatch(file_data or "")
    if match is None:
        return None
    source = {"type": "base64", "media_type": "application/pdf", "data": match[1]}
    return {"type": "document", "source": source, **({} if filename is None else {"title": filename})}


def file_of(source: Source | None, title: str | None) -> dict[str, Any] | None:
    """The part of chat completions that a document is; None where it is no PDF that stands in the request."""
    match source:
        case Source(type="base64", media_type="application/pdf", data=str(data)):
            file = {"filename": title or _NAME, "file_data": f"data:application/pdf;base64,{data}"}
            return {"type": "file", "file": file}
    return None
