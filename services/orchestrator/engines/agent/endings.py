"""Whether an agent has ended with its last turn: by its answer, by the tool that gives it, or by a condition."""

import json
from typing import Any

from foundation.contracts.expressions.evaluation import ExpressionError, resolve
from foundation.contracts.steps.agent import AgentStep, ToolSucceeded
from foundation.contracts.tool_job import JobStatus
from foundation.domain.failures import FailureCode
from orchestrator.engines.agent.graph import AgentState
from orchestrator.engines.agent.messages import FINISH, Message, corrections_in, files_of, last_answer, last_text
from orchestrator.engines.final_answers import WrongAnswer, formed_output, never_right, read_answer
from orchestrator.engines.model_turns import output_of
from orchestrator.work import TURNS_REMEDY, TickFailed, Work, partial_output

STOPPED = "stop_when"


async def check_answer(answer: Message, step: AgentStep) -> Message | None:
    """What the model is told of an answer that has not the form which the step asks for; None where it has."""
    if step.output is None:
        return None
    try:
        await read_answer(answer.get("content") or "", step.output, finish_reason=answer.get("finish_reason"))
    except WrongAnswer as error:
        told = f"{error.detail}. Call {FINISH} with the result, or answer with JSON and nothing else."
        return {"role": "user", "content": told, "correction": True}
    return None


def require_a_turn(step: AgentStep, state: AgentState) -> None:
    """`TickFailed` when no turn is left: also of a step that goes on after the last turn that it may take."""
    if state["turn"] - state.get("first", 0) >= step.max_turns:
        messages = state["messages"]
        detail = f"the model gave no answer within {step.max_turns} turns; {TURNS_REMEDY}"
        output = partial_output(output_of(last_text(messages), files_of(messages)))
        raise TickFailed(FailureCode.TURNS_EXHAUSTED, detail, output=output)


async def output_of_ended(work: Work, step: AgentStep, state: AgentState) -> dict[str, Any] | None:
    """The step's output if the agent has ended; `TickFailed` if it may go on no more without having ended."""
    messages = state["messages"]
    answer, after = last_answer(messages)
    text, files = answer.get("content") or "", files_of(messages)
    finish_reason = answer.get("finish_reason")
    if not after:
        if step.output is None:
            return output_of(text, files, finish_reason=finish_reason)
        data = await read_answer(text, step.output)
        return formed_output(text, data, files, finish_reason=finish_reason)
    for message in after:
        if "final" in message:
            said = text or json.dumps(message["final"], ensure_ascii=False)
            return formed_output(said, message["final"], files, finish_reason=FINISH)
    if step.output is not None and corrections_in(messages) > step.output.corrections:
        wrong = next((str(message["content"]) for message in after if message.get("correction")), "")
        raise never_right(wrong, step.output, output=output_of(text, files))
    if (place := _stopped_by(work, step, state)) is not None:
        return {**output_of(text, files, finish_reason=STOPPED), "stopped_by": place}
    require_a_turn(step, state)
    return None


def _stopped_by(work: Work, step: AgentStep, state: AgentState) -> int | None:
    """The place of the first condition of `stop_when` that holds after this turn."""
    if not step.stop_when:
        return None
    calls = [_call_of(message) for message in state["messages"] if message["role"] == "tool" and message.get("tool")]
    known = {**work.data, "turn": state["turn"] - state.get("first", 0), "calls": calls}
    for place, condition in enumerate(step.stop_when):
        if isinstance(condition, ToolSucceeded):
            if any(call["tool"] == condition.tool and call["status"] == JobStatus.SUCCEEDED for call in calls):
                return place
            continue
        value = resolve(condition, known, ("stop_when", place))
        if not isinstance(value, bool):
            raise ExpressionError(f"/stop_when/{place}: {condition} gives neither true nor false")
        if value:
            return place
    return None


def _call_of(message: Message) -> dict[str, Any]:
    """What a condition may read of a call: its tool, how it ended, and what the model was shown of its result."""
    document = json.loads(message["content"])
    return {"tool": message["tool"], "status": message.get("status"), "result": document.get("result")}
