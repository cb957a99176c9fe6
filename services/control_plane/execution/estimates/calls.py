"""The calls of models that a step makes when it runs once: of which kinds they are, and how many."""

from collections.abc import Sequence
from dataclasses import dataclass

from control_plane.execution.estimates.ranges import NONE, Range
from control_plane.execution.estimates.texts import Contexts, bytes_of, fixed, plus
from foundation.contracts.expressions.evaluation import ExpressionError
from foundation.contracts.gateway.call_estimates import CallShape, TextBytes
from foundation.contracts.steps.agent import AgentStep
from foundation.contracts.steps.catalogue import Step
from foundation.contracts.steps.crew import CrewStep
from foundation.contracts.steps.llm import LlmStep
from foundation.contracts.tools.catalogue import TOOLS
from foundation.contracts.tools.tenant.api_tool import MAX_TOOL_BYTES
from foundation.domain.retry import RetryCause

BYTES_A_CONTEXT_TOKEN = 4
"""By which an agent's `context_tokens` is held against its conversation."""
_CREW_CONTEXT_BYTES = 400_000
"""Of a crew's conversations in a smooth run: what an agent of the default `context_tokens` is shown."""
_MANAGER_TOKENS = 2048
_USUAL_TOOL = 2048
"""Bytes that one of a tenant's tools is taken to have in a smooth run."""
_MESSAGE = '{"role":"assistant","content":},'
_TOOL = '{"type":"function","function":{"name":,"description":,"parameters":}},'
_FINISH = "Gives the final result and ends the task. Call it alone, once everything else is done."
_FORM = {"type": "json_schema", "json_schema": {"name": "output", "schema": {}}}
_LONGEST_MODEL = 120
"""Characters, as of a name that a definition writes out."""


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls that are each of one of these kinds, and how many they are; `loose` is why their length is not known."""

    shapes: tuple[CallShape, ...]
    count: Range
    loose: str | None = None


class ModelUnknown(Exception):
    """Which model a step asks is known to the run alone."""


def calls_of(step: Step, contexts: Contexts) -> list[Calls]:
    """`ExpressionError` where the step will fail before it asks anything, `ModelUnknown` where nobody knows whom."""
    match step:
        case LlmStep():
            return _of_llm(step, contexts)
        case AgentStep():
            return _of_agent(step, contexts)
        case CrewStep():
            return _of_crew(step, contexts)
        case _:
            return []


def _of_llm(step: LlmStep, contexts: Contexts) -> list[Calls]:
    texts = [bytes_of(step.instructions, contexts, "instructions"), bytes_of(step.prompt, contexts, "prompt")]
    form = fixed(_FORM | {"schema": step.output.schema_}) if step.output else None
    text = plus(*texts, _wrapped(2), *([form] if form else []))
    corrections = step.output.corrections if step.output else 0
    anew = RetryCause.MODEL_ANSWER_INVALID in step.retry.on
    tries = step.retry.attempts
    shapes = _shapes(step.model, contexts, "model", text, max_output=step.max_tokens, messages=2)
    calls = [Calls(shapes, Range(1, tries, 1), _loose_text(text))]
    if corrections:
        told = plus(text, TextBytes(least=0, most=None, smooth=0))
        shapes = _shapes(step.model, contexts, "model", told, max_output=step.max_tokens, messages=2 + 2 * corrections)
        more = corrections * tries if anew else corrections + tries - 1
        calls.append(Calls(shapes, Range(0, more, 0), "a wrong answer is sent back, and may have any length"))
    return calls


def _of_agent(step: AgentStep, contexts: Contexts) -> list[Calls]:
    texts = [bytes_of(step.instructions, contexts, "instructions"), bytes_of(step.prompt, contexts, "prompt")]
    opening = plus(*texts, _wrapped(2))
    tools = _tools(step.tool_names)
    if step.output is not None:
        tools = plus(tools, fixed({"name": "finish", "description": _FINISH, "parameters": step.output.schema_}))
    shown = max(opening.smooth, step.context_tokens * BYTES_A_CONTEXT_TOKEN)
    text = TextBytes(least=opening.least, most=None, smooth=shown + tools.smooth)
    shapes = _shapes(
        step.model, contexts, "model", text, max_output=step.max_tokens, messages=None, tools=len(step.tool_names) + 1
    )
    loose = "its own answers and the results of its last turns are never left out, however long they are"
    return [Calls(shapes, Range(1, step.max_turns + step.retry.attempts - 1, step.max_turns), loose)]


def _of_crew(step: CrewStep, contexts: Contexts) -> list[Calls]:
    text = TextBytes(least=0, most=None, smooth=_CREW_CONTEXT_BYTES)
    shapes: list[CallShape] = []
    for place, agent in enumerate(step.agents):
        shapes += _shapes(agent.model, contexts, f"agents/{place}/model", text, max_output=agent.max_tokens)
    if step.manager_model is not None:
        shapes += _shapes(step.manager_model, contexts, "manager_model", text, max_output=_MANAGER_TOKENS)
    least = 1 if step.is_led else min(len(step.tasks), step.max_turns)
    loose = "its agents read what the others have written, however long that is"
    return [Calls(tuple(shapes), Range(least, step.max_turns * step.retry.attempts, step.max_turns), loose)]


def _shapes(
    model: str,
    contexts: Contexts,
    at: str,
    text: TextBytes,
    *,
    max_output: int,
    messages: int | None = None,
    tools: int = 0,
) -> tuple[CallShape, ...]:
    """One for each model that may be asked: it may be another one for each item."""
    if not contexts.know(model):
        raise ModelUnknown
    names = sorted({str(value) for value in contexts.values(model, at)})
    if any(not 0 < len(name) <= _LONGEST_MODEL for name in names):
        raise ExpressionError(f"/{at}: it gives no name of a model")
    return tuple(
        CallShape(model=name, text=text, messages=messages, tools=tools, max_output=max_output) for name in names
    )


def _wrapped(messages: int) -> TextBytes:
    size = len(_MESSAGE) * messages
    return TextBytes(least=0, most=size, smooth=size)


def _tools(names: Sequence[str]) -> TextBytes:
    return plus(
        TextBytes(least=0, most=0, smooth=0),
        *(_tool(name) for name in names),
    )


def _tool(name: str) -> TextBytes:
    if name not in TOOLS:
        return TextBytes(least=0, most=len(_TOOL) + MAX_TOOL_BYTES, smooth=_USUAL_TOOL)
    return fixed([_TOOL, name, TOOLS[name].description, TOOLS[name].parameters])


def _loose_text(text: TextBytes) -> str | None:
    if text.most is None or text.most == text.smooth:
        return None
    return "it reads what only the run knows, which may be as long as a value can be"


NO_CALLS = Calls((), NONE)
