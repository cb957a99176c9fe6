"""Steps that ask a model once, and again only where its answer does not have the form that they ask for."""

from dataclasses import dataclass, field
from typing import Any, Self

from foundation.contracts.expressions.evaluation import ExpressionError
from foundation.contracts.steps.final_output import FinalOutput
from foundation.contracts.steps.llm import LlmStep
from foundation.domain.states import StepKind
from orchestrator.engines.base import EngineParts, RegisteredEngine
from orchestrator.engines.final_answers import (
    NO_TEXT,
    WrongAnswer,
    form_of_answer,
    formed_output,
    never_right,
    read_answer,
)
from orchestrator.engines.model_turns import ModelTurns, finish_reason_of, message_of, output_of, recorded_turn
from orchestrator.work import Record, StepFinished, TickOutcome, Work


@dataclass(slots=True)
class _Conversation:
    """What is asked, the number of the next turn, and the records of those that were taken."""

    request: dict[str, Any]
    turn: int
    records: list[Record] = field(default_factory=list)


class LlmEngine(RegisteredEngine):
    """Asks a model; the text of its answer is the step's output."""

    kind = StepKind.LLM

    def __init__(self, model_turns: ModelTurns) -> None:
        self._model_turns = model_turns

    @classmethod
    def of(cls, parts: EngineParts) -> Self:
        return cls(parts.model_turns)

    async def run(self, work: Work) -> TickOutcome:
        step = work.step
        if not isinstance(step, LlmStep):
            raise TypeError(f"not an llm step: {step.kind}")
        messages = messages_of(work, step)
        request = {"model": work.resolve_text(step.model, "model"), "messages": messages, "max_tokens": step.max_tokens}
        talk = _Conversation(request, work.claim.turn)
        if step.output is None:
            text, finish_reason = await self._ask(work, talk)
            output = output_of(text, [], finish_reason=finish_reason)
        else:
            talk.request["response_format"] = form_of_answer(step.output)
            output = await self._formed(work, talk, step.output)
        return StepFinished(output, turn=talk.turn, records=tuple(talk.records))

    async def _ask(self, work: Work, talk: _Conversation) -> tuple[str, str | None]:
        """The text of the answer, and why it ends there."""
        answer = await self._model_turns.ask(work, talk.turn, talk.request, number=len(talk.records) + 1)
        text = message_of(answer).get("content") or ""
        talk.records.append(recorded_turn(work.claim, talk.turn, answer))
        talk.turn += 1
        work.taken.turn, work.taken.records = talk.turn, tuple(talk.records)
        return text, finish_reason_of(answer)

    async def _formed(self, work: Work, talk: _Conversation, wanted: FinalOutput) -> dict[str, Any]:
        """The output once the answer has its form; the model is told what is wrong, and asked again, so many times."""
        for left in range(wanted.corrections, -1, -1):
            text, finish_reason = await self._ask(work, talk)
            try:
                data = await read_answer(text, wanted, finish_reason=finish_reason)
            except WrongAnswer as error:
                if left == 0:
                    output = output_of(text, [], finish_reason=finish_reason)
                    raise never_right(error.detail, wanted, output=output) from error
                said = {"role": "assistant", "content": text or NO_TEXT}
                told = {"role": "user", "content": f"{error.detail}. Answer again, with JSON and nothing else."}
                talk.request = {**talk.request, "messages": [*talk.request["messages"], said, told]}
            else:
                return formed_output(text, data, [], finish_reason=finish_reason)
        raise AssertionError("unreachable")


def messages_of(work: Work, step: LlmStep) -> list[dict[str, str]]:
    """The request's messages; `ExpressionError` when the step's expressions leave no text to send."""
    prompt = work.resolve_text(step.prompt, "prompt")
    if step.prompt.strip() and not prompt.strip():
        raise ExpressionError("/prompt: its expressions give an empty text; write || 'default' within them")
    texts = (("system", work.resolve_text(step.instructions, "instructions")), ("user", prompt))
    messages = [{"role": role, "content": text} for role, text in texts if text]
    if not messages:
        raise ExpressionError("/instructions: its expressions give an empty text, and there is no prompt")
    return messages
