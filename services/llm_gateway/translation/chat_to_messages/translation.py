"""Translation for callers of chat completions and providers of messages."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from llm_gateway.translation.chat_to_messages.events import ChunkTranslator
from llm_gateway.translation.chat_to_messages.request import messages_request
from llm_gateway.translation.chat_to_messages.whole import completion_of
from llm_gateway.translation.lengths import MESSAGES_NAME, Names
from llm_gateway.wires.messages.answer_body import read_message

_encoder = msgspec.json.Encoder()


class ChatToMessages:
    """A message has no time, a chat completion does: `clock` tells it.

    What a model thinks has no word in chat completions; only a translation that stands behind this one keeps it.
    """

    def __init__(self, *, clock: Callable[[], float] = time.time, keeps_thinking: bool = False) -> None:
        self._clock = clock
        self._keeps_thinking = keeps_thinking

    def request(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return messages_request(body)

    def whole(self, body: bytes, *, asked: Mapping[str, Any]) -> bytes:
        answer = read_message(body)
        return _encoder.encode(
            completion_of(answer, created=int(self._clock()), keeps_thinking=self._keeps_thinking, names=_names(asked))
        )

    def events(self, *, asked: Mapping[str, Any]) -> ChunkTranslator:
        return ChunkTranslator(
            created=int(self._clock()),
            wants_usage=bool((asked.get("stream_options") or {}).get("include_usage")),
            keeps_thinking=self._keeps_thinking,
            names=_names(asked),
        )


def _names(asked: Mapping[str, Any]) -> Names:
    functions = (tool.get("function") or {} for tool in asked.get("tools") or ())
    return Names((str(function.get("name") or "") for function in functions), most=MESSAGES_NAME)
