"""Translation for callers of messages and providers of chat completions."""

from collections.abc import Mapping
from typing import Any

import msgspec

from llm_gateway.translation.lengths import CHAT_NAME, Names
from llm_gateway.translation.messages_to_chat.events import MessageEventTranslator
from llm_gateway.translation.messages_to_chat.request import chat_request
from llm_gateway.translation.messages_to_chat.whole import message_of
from llm_gateway.wires.chat.answer_body import read_completion

_encoder = msgspec.json.Encoder()


class MessagesToChat:
    """The pair of dialects; tools' names that the provider would refuse are mapped there and back."""

    def request(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return chat_request(body)

    def whole(self, body: bytes, *, asked: Mapping[str, Any]) -> bytes:
        return _encoder.encode(message_of(*read_completion(body), names=_names(asked)))

    def events(self, *, asked: Mapping[str, Any]) -> MessageEventTranslator:
        return MessageEventTranslator(_names(asked))


def _names(asked: Mapping[str, Any]) -> Names:
    return Names((str(tool.get("name") or "") for tool in asked.get("tools") or ()), most=CHAT_NAME)
