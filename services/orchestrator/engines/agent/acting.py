"""The tool calls of one turn: which of them are made, in which order, and what the model reads of each."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from foundation.contracts.tools.catalogue import TOOLS
from foundation.contracts.tools.contract import ToolContract
from foundation.domain.tools import ToolEffect
from foundation.storage.audit.tool_calls import RefusedCall
from orchestrator.engines.agent.approving import Approving, Rejected, Undecided
from orchestrator.engines.agent.messages import (
    FINISH,
    LeftWorkspace,
    Message,
    left_by,
    name_called,
    refusal,
    tool_arguments,
    tool_message,
)
from orchestrator.engines.final_answers import WrongAnswer, check_data
from orchestrator.tools.files import StagedFile
from orchestrator.tools.functions import MODEL_MISTAKES, function_name
from orchestrator.tools.tool_call import ToolCall, WorkspaceUse, checked_arguments
from orchestrator.tools.workspaces import why_not_kept
from orchestrator.work import TickFailed, Work

WAITING = "WAITING"
"""The status of a call that is not made yet; a turn with one is not recorded, and is taken again after the decision."""
MAX_CALLS = 16
"""Calls that one turn may make; a turn that asks for more is told so, and none of its calls is made."""


RunCall = Callable[[Work, ToolCall], Awaitable[dict[str, Any]]]
"""Makes one call of a tool, once, and gives its document."""


StageWorkspace = Callable[[dict[str, Any] | None], Awaitable[WorkspaceUse]]
"""The workspace as a call takes it: what the last one left, or, where it is None, what the step begins with."""

_LOST = "what this call left below /work could not be kept ({why}); the next call begins with an empty /work"
_BEHIND_LOST = (
    "not made: what the call before it left below /work could not be kept, so /work is empty now; "
    "make in later calls what is needed there, and leave less"
)


class Acting:
    """Makes the calls of a step's turns."""

    def __init__(
        self,
        run: RunCall,
        approving: Approving,
        inputs: tuple[StagedFile, ...],
        *,
        tools: Mapping[str, ToolContract] = TOOLS,
        workspace: StageWorkspace | None = None,
    ) -> None:
        self._run = run
        self._approving = approving
        self._work = approving.work
        self._step = approving.step
        self._inputs = inputs
        self._names = {function_name(name): name for name in approving.step.tool_names}
        self._tools = tools
        self._effects = approving.step.effects()
        self._stage_workspace = workspace
        self._left = LeftWorkspace()
        self._is_behind_lost = False
        self._refused: list[RefusedCall] = []

    def take_refused(self) -> list[RefusedCall]:
        """The calls that were refused since this was asked last, for the audit of the turn that is recorded."""
        taken, self._refused = self._refused, []
        return taken

    async def act(self, turn: int, calls: Sequence[Message], before: Sequence[Message] = ()) -> list[Message]:
        """The message of each call, in their order. The platform's own failure is raised once all calls have ended.

        Calls whose effect may happen twice run beside each other; the others one after another, as they were written.
        So do all calls that share a workspace, each of which begins with what the one before it left. Where that could
        not be kept, those behind it in the turn are not made, as their model does not know of it yet.
        """
        self._left, self._is_behind_lost = left_by(before), False
        if len(calls) > MAX_CALLS:
            detail = f"{len(calls)} calls in one turn; at most {MAX_CALLS} are made, and none of these was"
            return [self._refuse(turn, call, detail) for call in calls]
        ids = Counter(str(call.get("id")) for call in calls)
        answers: dict[int, Message] = {}

        async def answer(place: int, *, may_run: bool = True) -> None:
            call = calls[place]
            if ids[str(call.get("id"))] > 1:
                answers[place] = self._refuse(turn, call, "two calls of this turn have one id; give each its own")
            elif name_called(call) == FINISH and self._step.output is not None:
                answers[place] = await self._finish(call, alone=len(calls) == 1)
            else:
                answers[place] = await self._call(turn, call, may_run=may_run)

        async def in_order(places: Sequence[int]) -> None:
            # Of a call that waits for people, those behind it wait for the end, but people are asked about all of them.
            may_run = True
            for place in places:
                await answer(place, may_run=may_run)
                may_run = may_run and answers[place].get("status") != WAITING

        shares = self._stage_workspace is not None
        once = [place for place, call in enumerate(calls) if shares or self._effect(call) is ToolEffect.ONCE]
        beside = [answer(place) for place in range(len(calls)) if place not in once]
        ended = await asyncio.gather(in_order(once), *beside, return_exceptions=True)
        for error in ended:
            if error is not None:
                raise error
        return [answers[place] for place in range(len(calls))]

    def _effect(self, call: Message) -> ToolEffect:
        tool = self._names.get(name_called(call))
        if tool is None:
            return ToolEffect.PURE
        given = tool_arguments(call)
        reaches = bool(self._work.claim.egress)
        by_itself = self._tools[tool].effect_of({} if isinstance(given, str) else given, reaches=reaches)
        return self._effects.get(tool, by_itself)

    def _refuse(self, turn: int, call: Message, detail: str, *, tool: str | None = None) -> Message:
        name = self._names.get(name_called(call), name_called(call))
        self._refused.append(RefusedCall(name, turn, str(call.get("id") or ""), detail))
        return refusal(call, detail, **({} if tool is None else {"tool": tool}))

    async def _finish(self, call: Message, *, alone: bool) -> Message:
        """Accepts the answer that ends the step, or tells the model what is wrong with it."""
        if not alone:
            return refusal(call, f"{FINISH} is called alone; read the results of the other calls, then call it")
        data = tool_arguments(call)
        if isinstance(data, str):
            return refusal(call, data, correction=True)
        try:
            if self._step.output is not None:
                await check_data(data, self._step.output)
        except WrongAnswer as error:
            return refusal(call, error.detail, correction=True)
        return tool_message(call, {"status": "ACCEPTED"}, final=data)

    async def _call(self, turn: int, call: Message, *, may_run: bool) -> Message:
        """The tool's message, in which the model reads its own mistakes as REFUSED; the platform's are raised."""
        tool = self._names.get(name_called(call))
        arguments = tool_arguments(call)
        if tool is None:
            known = [*self._names, *([FINISH] if self._step.output else [])]
            return self._refuse(turn, call, f"there is no such tool; the tools are {', '.join(sorted(known))}")
        if isinstance(arguments, str):
            return self._refuse(turn, call, arguments, tool=tool)
        effect = self._effects.get(tool)
        if self._is_behind_lost:
            return self._refuse(turn, call, _BEHIND_LOST, tool=tool)
        workspace = await self._workspace()
        request = ToolCall(
            tool, arguments, self._inputs, turn=turn, call_id=str(call["id"]), workspace=workspace, effect=effect
        )
        try:
            checked_arguments(request, self._tools[tool])
        except TickFailed as error:
            if error.failure.code not in MODEL_MISTAKES:
                raise
            return self._refuse(turn, call, error.failure.detail, tool=tool)
        try:
            ruling = await self._approving.ruling(request)
            if isinstance(ruling, Rejected):
                return tool_message(call, {"status": "REJECTED", "detail": ruling.detail}, tool=tool)
            if isinstance(ruling, Undecided) or not may_run:
                return tool_message(call, {"status": WAITING}, tool=tool)
            document = await self._run(self._work, request)
        except TickFailed as error:
            if error.failure.code not in MODEL_MISTAKES:
                raise
            return refusal(call, error.failure.detail, tool=tool)
        return self._answered(call, document, tool)

    async def _workspace(self) -> WorkspaceUse | None:
        """What the next call finds below `/work`; nothing after one whose files there are lost."""
        if self._stage_workspace is None:
            return None
        return WorkspaceUse() if self._left.is_lost else await self._stage_workspace(self._left.workspace)

    def _answered(self, call: Message, document: dict[str, Any], tool: str) -> Message:
        """The message of a call that was made, which says so where its workspace is lost."""
        lost = None if self._stage_workspace is None else why_not_kept(document)
        if lost is None:
            self._left = LeftWorkspace(document["workspace"]) if document.get("workspace") else self._left
            return tool_message(call, document, tool=tool)
        self._left, self._is_behind_lost = LeftWorkspace(is_lost=True), True
        return tool_message(call, {**document, "workspace_lost": _LOST.format(why=lost)}, tool=tool, lost=lost)
