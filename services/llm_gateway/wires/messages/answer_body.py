"""What a messages provider answers, whole or event by event."""

from typing import Literal

import msgspec

from llm_gateway.wires.decoding import decode_answer
from llm_gateway.wires.messages.usage import MessagesUsage

_NO_INPUT = (b"", b"null")


class Block(msgspec.Struct):
    """`input` is kept as the bytes that came."""

    type: str
    text: str | None = None
    thinking: str | None = None
    id: str | None = None
    name: str | None = None
    input: msgspec.Raw = msgspec.Raw()

    def arguments(self) -> str:
        """The input of a tool as JSON."""
        raw = bytes(self.input)
        return "{}" if raw in _NO_INPUT else raw.decode()


class StopDetails(msgspec.Struct):
    """Why the model stopped, in words."""

    explanation: str | None = None


class Message(msgspec.Struct):
    """A whole answer, or in a stream the one that `message_start` opens, which has no content yet."""

    type: Literal["message"]
    content: list[Block]
    id: str | None = None
    model: str | None = None
    stop_reason: str | None = None
    stop_details: StopDetails | None = None
    usage: MessagesUsage | None = None


class Delta(msgspec.Struct):
    """What an event adds: to a block, or to the message."""

    text: str | None = None
    thinking: str | None = None
    partial_json: str | None = None
    stop_reason: str | None = None
    stop_details: StopDetails | None = None


class Event(msgspec.Struct):
    """An event of a stream; `type` says which of the other members it has."""

    type: str
    message: Message | None = None
    content_block: Block | None = None
    delta: Delta | None = None
    usage: MessagesUsage | None = None


_messages = msgspec.json.Decoder(Message)
_events = msgspec.json.Decoder(Event)


def read_message(body: bytes) -> Message:
    """ValueError when it is none."""
    return decode_answer(_messages, body)


def read_event(data: bytes) -> Event:
    """ValueError when it is none."""
    return decode_answer(_events, data)
