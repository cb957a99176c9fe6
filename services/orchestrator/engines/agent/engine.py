"""Agent steps: a model acts in turns with tools until it answers or its turns are used up."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from foundation.cloud.objects.base import ObjectStore
from foundation.contracts.run_events import StepTurn
from foundation.contracts.steps.agent import AgentStep
from foundation.contracts.steps.workspace import expression_of
from foundation.domain.states import StepKind
from foundation.storage.audit.tool_calls import RefusedCall, record_refused
from foundation.storage.execution.dispatches import StepClaim
from foundation.storage.session.database import Database, Transaction
from orchestrator.engines.agent.acting import Acting, StageWorkspace
from orchestrator.engines.agent.approving import Approving
from orchestrator.engines.agent.endings import check_answer, output_of_ended, require_a_turn
from orchestrator.engines.agent.graph import AgentState, build_graph
from orchestrator.engines.agent.messages import Message, files_of, finish_function, last_text, left_by, lost_in
from orchestrator.engines.agent.saver import BufferedSaver, thread_of
from orchestrator.engines.agent.window import LeftOut, window_of
from orchestrator.engines.base import EngineParts, RegisteredEngine
from orchestrator.engines.final_answers import NO_TEXT
from orchestrator.engines.model_turns import ModelTurns, finish_reason_of, message_of, output_of, recorded_turn
from orchestrator.tools.files import stage
from orchestrator.tools.functions import function_of
from orchestrator.tools.tool_call import WorkspaceUse
from orchestrator.tools.tool_calls import ToolCalls
from orchestrator.tools.toolbox import equipped
from orchestrator.tools.workspaces import staged_workspace
from orchestrator.work import ApprovalAsked, MoreTurns, Record, StepFinished, TickOutcome, Work, partial_output


@dataclass(slots=True)
class _Tick:
    """What one dispatch does: its step, who makes its calls, and the writes that go with its recording."""

    work: Work
    step: AgentStep
    acting: Acting
    approving: Approving
    records: list[Record] = field(default_factory=list)
    left_out: LeftOut = field(default_factory=LeftOut)


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
        work = await equipped(self._database, work)
        tenant_id = work.claim.dispatch.tenant_id
        inputs = await stage(self._database, self._objects, tenant_id, work.resolve(step.files, "files"), at="/files")
        approving = Approving(self._database, work, step)
        acting = Acting(
            self._tool_calls.run, approving, inputs, tools=work.tools, workspace=self._workspace(work, step)
        )
        tick = _Tick(work, step, acting, approving)
        saver = BufferedSaver(self._database, work.claim)
        state, output = await self._take_turns(tick, saver)
        if approving.requests:
            # Nothing of this turn is recorded: it is taken again after the decision, from what its model and its tools
            # have given already.
            return ApprovalAsked(tuple(approving.requests))
        turn, taken = state["turn"], work.taken
        if output is None:
            partial = partial_output(output_of(last_text(state["messages"]), files_of(state["messages"])))
            return MoreTurns(turn=turn, records=taken.records, left_out=tick.left_out.as_json(), partial=partial)
        return StepFinished(output, turn=turn, records=taken.records, events=taken.events)

    def _workspace(self, work: Work, step: AgentStep) -> StageWorkspace | None:
        if step.workspace is None:
            return None
        expression = expression_of(step.workspace)

        async def staged(left: dict[str, Any] | None) -> WorkspaceUse:
            if left is None and expression is None:
                return WorkspaceUse()
            found = work.resolve(expression, "workspace") if left is None else left
            return await staged_workspace(self._database, self._objects, work.claim.dispatch.tenant_id, found)

        return staged

    async def _take_turns(self, tick: _Tick, saver: BufferedSaver) -> tuple[AgentState, dict[str, Any] | None]:
        """Takes the dispatch's turns, usually one; the state after the last, and the output if the agent has ended."""

        async def ask(state: AgentState) -> Message:
            require_a_turn(tick.step, state)
            return await self._ask(tick, state)

        async def check(answer: Message) -> Message | None:
            return await check_answer(answer, tick.step)

        graph = build_graph(ask, tick.acting.act, check, saver)
        config: Any = {"configurable": {"thread_id": thread_of(tick.work.claim)}}
        start: AgentState | None = None
        if tick.work.claim.checkpoint_head is None:
            # Turns are numbered on where a step begins anew, so that it reads nothing of what was called before.
            first = tick.work.claim.turn
            start = {"messages": _opening(tick.work, tick.step), "turn": first, "first": first}
        for _ in range(tick.work.claim.turns_per_dispatch):
            state: Any = await graph.ainvoke(start, config, durability="exit")
            if tick.approving.requests:
                return state, None
            _keep(tick, saver, state["turn"])
            output = await output_of_ended(tick.work, tick.step, state)
            if output is not None:
                output |= _left_of(tick, state["messages"])
                break
            # None resumes the graph where it paused, after the turn before.
            start = None
        return state, output

    async def _ask(self, tick: _Tick, state: AgentState) -> Message:
        turn, messages = state["turn"], state["messages"]
        opening = _opening(tick.work, tick.step)
        # A fork may have changed the opening that an earlier turn was asked with.
        whole = [*opening, *messages[len(opening) :]]
        sent, tick.left_out = window_of(whole, context_tokens=tick.step.context_tokens)
        request: dict[str, Any] = {
            "model": tick.work.resolve_text(tick.step.model, "model"),
            "messages": sent,
            "max_tokens": tick.step.max_tokens,
        }
        tools = [function_of(tick.work.tools[name]) for name in tick.step.tool_names]
        if tick.step.output is not None:
            tools.append(finish_function(tick.step.output.schema_))
        if tools:
            request["tools"] = tools
        answer = await self._model_turns.ask(tick.work, turn, request, number=turn - state.get("first", 0) + 1)
        message = message_of(answer)
        calls = message.get("tool_calls") or []
        tick.records.append(recorded_turn(tick.work.claim, turn, answer, tool_calls=len(calls)))
        text = message.get("content")
        if not calls and not text and tick.step.output is not None:
            text = NO_TEXT
        reply: Message = {
            "role": "assistant",
            "content": text,
            "finish_reason": finish_reason_of(answer),
        }
        return {**reply, "tool_calls": calls} if calls else reply


def _keep(tick: _Tick, saver: BufferedSaver, turn: int) -> None:
    """Notes that the turn before this number was taken whole, with its checkpoint, for however the step ends."""
    taken, step_id = tick.work.taken, tick.work.claim.dispatch.step_id
    if refused := tick.acting.take_refused():
        tick.records.append(_audited(tick.work.claim, refused))
    taken.turn = turn
    taken.records = (*tick.records, saver.recorded(turn))
    left_out = tick.left_out.as_json()
    taken.events = (StepTurn(step_id=step_id, turn=turn, **({"left_out": left_out} if left_out else {})),)


def _left_of(tick: _Tick, messages: Sequence[Message]) -> dict[str, Any]:
    """The members of an output that tell of the workspace: what the last call left, and what could not be kept."""
    if tick.step.workspace is None:
        return {}
    given = expression_of(tick.step.workspace)
    left, skipped = left_by(messages), lost_in(messages)
    workspace = left.workspace
    if workspace is None and not left.is_lost and given is not None:
        workspace = tick.work.resolve(given, "workspace")
    return {"workspace": workspace, **({"skipped": skipped} if skipped else {})}


def _audited(claim: StepClaim, refused: Sequence[RefusedCall]) -> Record:
    async def record(tx: Transaction) -> None:
        await record_refused(tx, claim, refused)

    return record


def _opening(work: Work, step: AgentStep) -> list[Message]:
    prompt = work.resolve_text(step.prompt, "prompt") or "Begin."
    return [
        {"role": "system", "content": work.resolve_text(step.instructions, "instructions")},
        {"role": "user", "content": prompt},
    ]
