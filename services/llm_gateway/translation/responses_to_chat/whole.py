"""A chat completion as a response."""

from collections.abc import Mapping
from typing import Any

from llm_gateway.translation.responses_to_chat.output import Output
from llm_gateway.translation.responses_to_chat.response import Heading, ended, is_finished
from llm_gateway.wires.chat.answer_body import ChatAnswer, Choice, Message


def response_of(answer: ChatAnswer, choice: Choice, message: Message, *, asked: Mapping[str, Any]) -> dict[str, Any]:
    heading = heading_of(answer)
    output = Output()
    output.take(message, of=heading.id)
    return ended(
        heading,
        asked,
        output=output.documents(finished=is_finished(choice.finish_reason)),
        finish_reason=choice.finish_reason,
        usage=answer.usage.read() if answer.usage is not None else None,
    )


def heading_of(answer: ChatAnswer) -> Heading:
    """What an answer, whole or its first chunk, tells about the response."""
    return Heading(id=answer.id or "", created_at=int(answer.created or 0), model=answer.model or "")
