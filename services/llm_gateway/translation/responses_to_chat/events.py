"""A stream of chat completions as a stream of Responses."""

from collections.abc import Iterable, Mapping
from typing import Any

from llm_gateway.exchange.usage import Usage
from llm_gateway.translation.responses_to_chat.output import Output
from llm_gateway.translation.responses_to_chat.response import Heading, begun, ended, is_finished
from llm_gateway.translation.responses_to_chat.whole import heading_of
from llm_gateway.wires.chat.answer_body import ChatAnswer, Message, read_chunk
from llm_gateway.wires.sse import data_of, write_named_event


class ResponseEventTranslator:
    """One stream. It keeps the whole answer, which Responses tell again at their end."""

    def __init__(self, *, asked: Mapping[str, Any]) -> None:
        self._asked = asked
        self._heading: Heading | None = None
        self._output = Output()
        self._finish_reason: str | None = None
        self._usage: Usage | None = None
        self._sequence = 0

    def feed(self, event: bytes) -> list[bytes]:
        data = data_of(event)
        if not data:
            return []
        chunk = read_chunk(data)
        if chunk.usage is not None:
            self._usage = chunk.usage.read()
        choice = chunk.first()
        if choice is None:
            return []
        self._finish_reason = choice.finish_reason or self._finish_reason
        heading, beginning = self._begin(chunk)
        return self._numbered([*beginning, *self._output.take(choice.delta or Message(), of=heading.id)])

    def end(self, event: bytes) -> list[bytes]:  # noqa: ARG002  # [DONE] says nothing more
        heading, beginning = self._begin(ChatAnswer())
        finished = is_finished(self._finish_reason)
        closing = self._output.close(finished=finished)
        response = ended(
            heading,
            self._asked,
            output=self._output.documents(finished=finished),
            finish_reason=self._finish_reason,
            usage=self._usage,
        )
        return self._numbered([*beginning, *closing, {"type": f"response.{response['status']}", "response": response}])

    def _begin(self, chunk: ChatAnswer) -> tuple[Heading, list[dict[str, Any]]]:
        """The heading, and the events that tell it when it is new."""
        if self._heading is not None:
            return self._heading, []
        self._heading = heading_of(chunk)
        response = begun(self._heading, self._asked)
        return self._heading, [
            {"type": "response.created", "response": response},
            {"type": "response.in_progress", "response": response},
        ]

    def _numbered(self, events: Iterable[dict[str, Any]]) -> list[bytes]:
        numbered = []
        for event in events:
            numbered.append(write_named_event({**event, "sequence_number": self._sequence}))
            self._sequence += 1
        return numbered
