"""Steps that ask a model once."""

from typing import Self

from foundation.contracts.expressions.evaluation import ExpressionError
from foundation.contracts.steps.llm import LlmStep
from foundation.domain.states import StepKind
from orchestrator.engines.base import EngineParts, RegisteredEngine
from orchestrator.engines.model_turns import ModelTurns, finish_reason_of, message_of, output_of, recorded_turn
from orchestrator.work import StepFinished, TickOutcome, Work


class LlmEngine(RegisteredEngine):
    """Asks a model once; the text of the answer is the step's output."""

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
        turn = work.claim.turn
        answer = await self._model_turns.ask(work, turn, request)
        message = message_of(answer)
        text = message.get("content") or ""
        record = recorded_turn(work.claim, turn, answer)
        output = output_of(text, [], finish_reason=finish_reason_of(answer))
        return StepFinished(output, turn=turn + 1, records=(record,))


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
