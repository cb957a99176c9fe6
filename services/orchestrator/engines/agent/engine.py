"""Agent steps: a model acts in turns with tools until it answers or its turns are used up."""

from dataclasses import dataclass, field
from typing import Any, Self

from foundation.cloud.objects.base import ObjectStore
from foundation.contracts.steps.agent import AgentStep
from foundation.domain.failure_codes import FailureCode
from foundation.domain.states import StepKind
from foundation.storage.session.database import Database, Transaction
from orchestrator.engines.agent.graph import AgentState, Message, build_graph, tool_arguments
from orchestrator.engines.agent.saver import BufferedSaver
from orchestrator.engines.base import EngineParts, RegisteredEngine
from orchestrator.engines.model_turns import ModelTurns, finish_reason_of, message_of, output_of, recorded_turn
from orchestrator.tools.files import StagedFile, stage
from orchestrator.tools.functions import MODEL_MISTAKES, function_name, function_of, shown_result
from orchestrator.tools.tool_calls import ToolCall, ToolCalls
from orchestrator.work import MoreTurns, Record, StepFinished, TickFailed, TickOutcome, Work

# Members that we add to messages, and that no provider accepts.
_OWN_MEMBERS = frozenset({"files", "finish_reason"})


@dataclass(slots=True)
class _Tick:
    """What one dispatch does: its step, its files, and the writes that go with its recording."""

    work: Work
    step: AgentStep
    inputs: tuple[StagedFile, ...]
    records: list[Record] = field(default_factory=list)


class AgentEngine(RegisteredEngine):
    """Runs turns of an agent step until it answers, fails, or its dispatch has made enough turns."""

    kind = StepKind.AGENT

    def __init__(
        self, database: Database, objects: ObjectStore, model_turns: ModelTurns, tool_calls: ToolCalls
    ) -> None:
        self._database = database
        self._objects = objects
        self._model_turns = model_turns
        self._tool_calls = tool_calls

    @classmethod
    def of(cls, parts: EngineParts) -> Self:
        return cls(parts.database, parts.objects, parts.model_turns, parts.tool_calls)

    async def run(self, work: Work) -> TickOutcome:
        step = work.step
        if not isinstance(step, AgentStep):
            raise TypeError(f"not an agent step: {step.kind}")
        tenant_id = work.claim.dispatch.tenant_id
        inputs = await stage(self._database, self._objects, tenant_id, work.resolve(step.files, "files"), at="/files")
        tick = _Tick(work, step, inputs)
        saver = BufferedSaver(self._database, work.claim)
        state = await self._take_turns(tick, saver)
        turn = state["turn"]

        async def record_checkpoint(tx: Transaction) -> None:
            await saver.record(tx, turn)

        records = (*tick.records, record_checkpoint)
        last = state["messages"][-1]
        if last["role"] != "assistant":
            return MoreTurns(turn=turn, records=records)
        text = last.get("content") or ""
        output = output_of(text, _files(state["messages"]), finish_reason=last.get("finish_reason"))
        return StepFinished(output, turn=turn, records=records)

    async def _take_turns(self, tick: _Tick, saver: BufferedSaver) -> AgentState:
        """Takes the dispatch's turns, usually one; the state after the last."""

        async def ask(turn: int, messages: list[Message]) -> Message:
            return await self._ask(tick, turn, messages)

        async def act(turn: int, call: Message) -> Message:
            return await self._act(tick, turn, call)

        graph = build_graph(ask, act, saver)
        config: Any = {"configurable": {"thread_id": str(tick.work.claim.dispatch.step_id)}}
        start: AgentState | None = None
        if tick.work.claim.checkpoint_head is None:
            # Turns are numbered on where a step begins anew, so that it reads nothing of what was called before.
            first = tick.work.claim.turn
            start = {"messages": _opening(tick.work, tick.step), "turn": first, "first": first}
        for _ in range(tick.work.claim.turns_per_dispatch):
            state = await graph.ainvoke(start, config, durability="exit")
            used_up = state["turn"] - state.get("first", 0) >= tick.step.max_turns
            if state["messages"][-1]["role"] == "assistant" or used_up:
                break
            # None resumes the graph where it paused, after the tools of the turn before.
            start = None
        if state["messages"][-1]["role"] != "assistant" and used_up:
            raise TickFailed(
                FailureCode.TURNS_EXHAUSTED,
                f"the model gave no answer within {tick.step.max_turns} turns; raise max_turns, or ask for less",
                records=tuple(tick.records),
                output=output_of("", _files(state["messages"])),
            )
        return AgentState(messages=state["messages"], turn=state["turn"])

    async def _ask(self, tick: _Tick, turn: int, messages: list[Message]) -> Message:
        opening = _opening(tick.work, tick.step)
        request: dict[str, Any] = {
            "model": tick.work.resolve_text(tick.step.model, "model"),
            # A fork may have changed the opening that an earlier turn was asked with.
            "messages": [*opening, *(_wire(message) for message in messages[len(opening) :])],
            "max_tokens": tick.step.max_tokens,
        }
        if tick.step.tools:
            request["tools"] = [function_of(name) for name in tick.step.tools]
        answer = await self._model_turns.ask(tick.work, turn, request)
        message = message_of(answer)
        calls = message.get("tool_calls") or []
        tick.records.append(recorded_turn(tick.work.claim, turn, answer, tool_calls=len(calls)))
        reply: Message = {
            "role": "assistant",
            "content": message.get("content"),
            "finish_reason": finish_reason_of(answer),
        }
        return {**reply, "tool_calls": calls} if calls else reply

    async def _act(self, tick: _Tick, turn: int, call: Message) -> Message:
        """The tool's message, in which the model reads its own mistakes as REFUSED; the platform's are raised."""
        names = {function_name(name): name for name in tick.step.tools}
        tool = names.get(call.get("function", {}).get("name", ""))
        arguments = tool_arguments(call)
        if tool is None:
            detail = f"there is no such tool; the tools are {', '.join(sorted(names))}"
            return _tool_message(call, {"status": "REFUSED", "detail": detail})
        if isinstance(arguments, str):
            return _tool_message(call, {"status": "REFUSED", "detail": arguments})
        request = ToolCall(tool=tool, arguments=arguments, inputs=tick.inputs, turn=turn, call_id=str(call["id"]))
        try:
            document = await self._tool_calls.run(tick.work, request)
        except TickFailed as error:
            if error.failure.code not in MODEL_MISTAKES:
                raise
            return _tool_message(call, {"status": "REFUSED", "detail": error.failure.detail})
        return _tool_message(call, document)


def _opening(work: Work, step: AgentStep) -> list[Message]:
    prompt = work.resolve_text(step.prompt, "prompt") or "Begin."
    return [
        {"role": "system", "content": work.resolve_text(step.instructions, "instructions")},
        {"role": "user", "content": prompt},
    ]


def _wire(message: Message) -> Message:
    """The message as providers accept it, without our own members."""
    return {key: value for key, value in message.items() if key not in _OWN_MEMBERS}


def _tool_message(call: Message, document: dict[str, Any]) -> Message:
    """The message that answers a tool call with its document."""
    content = shown_result(document)
    return {"role": "tool", "tool_call_id": call["id"], "content": content, "files": document.get("files", [])}


def _files(messages: list[Message]) -> list[dict[str, Any]]:
    """Every file that the turns produced; the later one where two have the same name."""
    by_name = {file["name"]: file for message in messages for file in message.get("files", [])}
    return list(by_name.values())
