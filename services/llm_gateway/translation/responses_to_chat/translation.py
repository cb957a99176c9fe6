"""Translation for callers of Responses and providers of chat completions."""

from collections.abc import Mapping
from typing import Any

import msgspec

from llm_gateway.translation.responses_to_chat.events import ResponseEventTranslator
from llm_gateway.translation.responses_to_chat.request import chat_request
from llm_gateway.translation.responses_to_chat.whole import response_of
from llm_gateway.wires.chat.answer_body import read_completion

_encoder = msgspec.json.Encoder()


class ResponsesToChat:
    """The pair of dialects; a response repeats members of the request that it answers (`asked`)."""

    def request(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return chat_request(body)

    def whole(self, body: bytes, *, asked: Mapping[str, Any]) -> bytes:
        return _encoder.encode(response_of(*read_completion(body), asked=asked))

    def events(self, *, asked: Mapping[str, Any]) -> ResponseEventTranslator:
        return ResponseEventTranslator(asked=asked)
