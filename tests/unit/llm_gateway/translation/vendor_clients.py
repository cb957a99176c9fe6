"""The vendors' own clients, offline: what they are given is what a translation made."""

from collections.abc import Iterable
from typing import Any

import anthropic
import httpx2
import openai

_MESSAGES = [{"role": "user", "content": "x"}]


class _Wire(httpx2.BaseTransport):
    """Answers with the stream that was put on it."""

    def __init__(self) -> None:
        self.stream = b""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=self.stream, request=request)


_wire = _Wire()
_http = httpx2.Client(transport=_wire)
_openai = openai.OpenAI(api_key="none", base_url="http://offline", http_client=_http, max_retries=0)
_anthropic = anthropic.Anthropic(api_key="none", base_url="http://offline", http_client=_http, max_retries=0)


def accumulated_completion(events: Iterable[bytes]) -> dict[str, Any]:
    _wire.stream = b"".join(events)
    with _openai.chat.completions.stream(model="m", messages=_MESSAGES) as stream:  # type: ignore[arg-type]
        found: dict[str, Any] = stream.get_final_completion().to_dict()
    for choice in found["choices"]:
        choice["message"].pop("parsed", None)
        for call in choice["message"].get("tool_calls") or ():
            call.pop("index", None)
            call["function"].pop("parsed_arguments", None)
    return found


def accumulated_message(events: Iterable[bytes]) -> dict[str, Any]:
    _wire.stream = b"".join(events)
    with _anthropic.messages.stream(model="m", max_tokens=1, messages=_MESSAGES) as stream:  # type: ignore[arg-type]
        return stream.get_final_message().to_dict()


def accumulated_response(events: Iterable[bytes]) -> dict[str, Any]:
    """Of a stream that was completed."""
    _wire.stream = b"".join(events)
    with _openai.responses.stream(model="m", input="x") as stream:
        return stream.get_final_response().to_dict()
