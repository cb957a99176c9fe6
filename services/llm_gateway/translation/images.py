"""Images: one URL in OpenAI's words, a source in Anthropic's."""

import re
from typing import Any

from llm_gateway.wires.messages.request_body import Source

_DATA_URL = re.compile(r"data:(image/(?:jpeg|png|gif|webp));base64,(.*)", re.DOTALL)
_LINKS = ("https://", "http://")


def source_of(url: str) -> dict[str, Any] | None:
    """The source that an image's URL is; None for kinds of images and of URLs that messages do not know."""
    if url.startswith(_LINKS):
        return {"type": "url", "url": url}
    if match := _DATA_URL.fullmatch(url):
        return {"type": "base64", "media_type": match[1], "data": match[2]}
    return None


def url_of(source: Source | None) -> str | None:
    """The URL that an image's source is; None for files, which are known to one provider only."""
    match source:
        case Source(type="url", url=str(url)):
            return url
        case Source(type="base64", media_type=str(media_type), data=str(data)):
            return f"data:{media_type};base64,{data}"
    return None
