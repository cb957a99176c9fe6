"""What a chat completions provider answers, whole or chunk by chunk."""

import msgspec

from llm_gateway.wires.chat.usage import ChatUsage
from llm_gateway.wires.decoding import decode_answer


class FunctionCall(msgspec.Struct):
    """Of a chunk, `arguments` are a fragment."""

    name: str | None = None
    arguments: str | None = None


class ToolCall(msgspec.Struct):
    """A call of a function; in a stream, `index` says which call a fragment belongs to."""

    index: int | None = None
    id: str | None = None
    function: FunctionCall | None = None


class Message(msgspec.Struct):
    """A message, or what a chunk adds to it.

    `reasoning_content` is what models think, as many servers tell it; the vendor's own wire has no word for it.
    """

    content: str | None = None
    refusal: str | None = None
    reasoning_content: str | None = None
    tool_calls: list[ToolCall] | None = None


class Choice(msgspec.Struct):
    """One of the answers that `n` asked for; a whole answer has `message`, a chunk `delta`."""

    index: int = 0
    message: Message | None = None
    delta: Message | None = None
    finish_reason: str | None = None


class ChatAnswer(msgspec.Struct):
    """An answer or a chunk of one; a chunk that only reports usage has no choices."""

    choices: list[Choice] | None = None
    id: str | None = None
    model: str | None = None
    created: float | None = None
    usage: ChatUsage | None = None

    def first(self) -> Choice | None:
        """The choice that is translated: those dialects have no others."""
        return next((choice for choice in self.choices or () if choice.index == 0), None)


_answers = msgspec.json.Decoder(ChatAnswer)


def read_chunk(data: bytes) -> ChatAnswer:
    """ValueError when it is none."""
    return decode_answer(_answers, data)


def read_completion(body: bytes) -> tuple[ChatAnswer, Choice, Message]:
    """An answer with its choice, and the choice's message; ValueError when it has none."""
    answer = decode_answer(_answers, body)
    choice = answer.first()
    if choice is None or choice.message is None:
        raise ValueError("a chat completion has a choice with a message")
    return answer, choice, choice.message
