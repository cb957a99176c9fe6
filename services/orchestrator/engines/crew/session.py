"""One dispatch of a crew: does what its program asks for, each call once, until the program says that it has ended."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Any, Protocol

from foundation.contracts.gateway.model_call import canonical_digest
from foundation.contracts.steps.crew import CrewStep
from foundation.domain.failures import FailureCode
from foundation.storage.execution.keyed_turns import KeyedTurn
from foundation.storage.execution.turns import Asker
from orchestrator.clients.crew_program.base import CrewBroken, CrewConversation
from orchestrator.clients.crew_program.frames import VERSION
from orchestrator.engines.crew.definition import CrewMember, ResolvedCrew
from orchestrator.engines.crew.said import Ask, Call, Done, Failed, TaskDone, read
from orchestrator.engines.model_turns import message_of
from orchestrator.tools.files import StagedFile
from orchestrator.tools.functions import MODEL_MISTAKES, function_name, function_of, readable_arguments, shown_result
from orchestrator.tools.tool_call import ToolCall
from orchestrator.work import TURNS_REMEDY, TickFailed, Work

_AT_ONCE = 64
"""Calls that a program may have open; CrewAI makes eight at most."""


class AsksModels(Protocol):
    """What of `ModelTurns` a crew needs."""

    async def ask_keyed(
        self, work: Work, request: dict[str, Any], *, occurrence: int, asker: Asker
    ) -> KeyedTurn | None: ...


class RunsTools(Protocol):
    """What of `ToolCalls` a crew needs."""

    async def run(self, work: Work, call: ToolCall) -> dict[str, Any]: ...


class RunIsPaused(Exception):
    """The crew was about to ask a model something new, and its run is paused."""


class CrewSession:
    """What a crew has asked and been answered in this dispatch.

    Nothing that goes wrong is told to the program: CrewAI would show it to a model, or try again by itself.
    """

    def __init__(
        self,
        work: Work,
        step: CrewStep,
        crew: ResolvedCrew,
        inputs: tuple[StagedFile, ...],
        *,
        model_turns: AsksModels,
        tool_calls: RunsTools,
    ) -> None:
        self._work = work
        self._step = step
        self._crew = crew
        self._inputs = inputs
        self._model_turns = model_turns
        self._tool_calls = tool_calls
        self._asked = 0
        self._requests: Counter[str] = Counter()
        self._calls: Counter[tuple[int, str]] = Counter()
        self._turns: dict[str | None, int] = {}
        self._wanted: dict[str | None, Counter[str]] = {}
        self._files: dict[tuple[int, str], list[dict[str, Any]]] = {}
        self._tasks: dict[str, str] = {}
        self._text = ""

    @property
    def next_turn(self) -> int:
        """The number after that of its last turn."""
        return max(self._turns.values(), default=self._work.claim.turn) + 1

    def output(self) -> dict[str, Any]:
        """What the crew has by now; of two files with one name that of the later turn."""
        produced = [file for _, files in sorted(self._files.items()) for file in files]
        ended = [task.name for task in self._step.tasks if task.name in self._tasks]
        return {
            "text": self._text,
            "tasks": [{"name": name, "text": self._tasks[name]} for name in ended],
            "files": list({file["name"]: file for file in produced}.values()),
        }

    async def play(self, conversation: CrewConversation) -> None:
        """Returns when the crew has ended well.

        Raises `RunIsPaused`, `TickFailed`, whatever its calls raise, and `CrewLost` or `CrewBroken` of its program.
        """
        await conversation.send({"type": "start", "v": VERSION, "crew": self._crew.document})
        calls: set[asyncio.Task[None]] = set()
        receiving = asyncio.create_task(conversation.receive())
        try:
            while True:
                done, _ = await asyncio.wait({receiving, *calls}, return_when=asyncio.FIRST_COMPLETED)
                for call in calls & done:
                    call.result()
                calls -= done
                if receiving not in done:
                    continue
                said = self._handle(conversation, read(receiving.result()))
                if said is None:
                    await asyncio.gather(*calls)
                    return
                calls |= said
                if len(calls) > _AT_ONCE:
                    raise CrewBroken(f"its program has more than {_AT_ONCE} calls open")
                receiving = asyncio.create_task(conversation.receive())
        finally:
            for task in (receiving, *calls):
                task.cancel()
            await asyncio.gather(receiving, *calls, return_exceptions=True)

    def _handle(
        self, conversation: CrewConversation, said: Ask | Call | TaskDone | Done | Failed
    ) -> set[asyncio.Task[None]] | None:
        """Starts what was asked for; None when the crew has ended."""
        match said:
            case Ask():
                return {_started(self._ask(conversation, said))}
            case Call():
                return {_started(self._call(conversation, said))}
            case TaskDone():
                self._tasks[said.name] = said.text
                return set()
            case Failed():
                raise TickFailed(FailureCode.CREW_FAILED, f"CrewAI gave up: {said.reason}")
            case Done():
                self._text = said.text
                return None

    async def _ask(self, conversation: CrewConversation, ask: Ask) -> None:
        self._asked += 1
        if self._asked > self._step.max_turns:
            detail = f"the crew was not done within {self._step.max_turns} turns; {TURNS_REMEDY}"
            raise TickFailed(FailureCode.TURNS_EXHAUSTED, detail)
        request = self._request(self._member(ask.agent), ask)
        digest = canonical_digest(request)
        occurrence = self._requests[digest]
        self._requests[digest] += 1
        asker = Asker(self._asked, ask.agent, self._open_task())
        keyed = await self._model_turns.ask_keyed(self._work, request, occurrence=occurrence, asker=asker)
        if keyed is None or keyed.response is None:
            raise RunIsPaused
        self._turns[ask.agent] = keyed.turn
        message = message_of(keyed.response)
        text, calls = message.get("content") or "", [_told(call) for call in message.get("tool_calls") or []]
        if not text and not calls:
            detail = f"the model of {ask.agent or 'the manager'} answered nothing, which no crew can work with"
            raise TickFailed(FailureCode.MODEL_ANSWER_INVALID, detail)
        self._wanted[ask.agent] = Counter(
            _wish(call["name"], call["readable"]) for call in calls if call["readable"] is not None
        )
        told = [{**call, "readable": call["readable"] is not None} for call in calls]
        await conversation.send({"type": "answer", "id": ask.id, "text": text, "tool_calls": told})

    def _open_task(self) -> str | None:
        """The first task without a text: a crew works through them one after the other."""
        return next((task.name for task in self._step.tasks if task.name not in self._tasks), None)

    def _request(self, member: CrewMember, ask: Ask) -> dict[str, Any]:
        """The request to the model; which model, how long its answer may be and what its tools take is ours to say."""
        if not member.tools.keys() >= set(ask.tools):
            raise CrewBroken("its program shows an agent tools that are not its own")
        known = self._work.tools
        tools = [*(function_of(known[name]) for name in ask.tools), *(one.wire() for one in ask.functions)]
        request = {
            "model": member.model,
            "messages": [message.wire() for message in ask.messages],
            "max_tokens": member.max_tokens,
        }
        return {**request, "tools": tools} if tools else request

    async def _call(self, conversation: CrewConversation, call: Call) -> None:
        """Runs a tool; the model reads its own mistakes as REFUSED, those of the platform are raised."""
        wish = _wish(function_name(call.tool), call.arguments)
        wanted = self._wanted.get(call.agent, Counter())
        tools = self._member(call.agent).tools
        if call.tool not in tools or not wanted[wish]:
            raise CrewBroken("its program calls a tool that its agent's model has not asked for")
        wanted[wish] -= 1
        turn = self._turns[call.agent]
        occurrence = self._calls[turn, wish]
        self._calls[turn, wish] += 1
        # The position among equal calls, not the model's own id of the call: CrewAI keeps that to itself.
        call_id = f"{wish[:32]}-{occurrence}"
        try:
            request = ToolCall(
                call.tool, call.arguments, self._inputs, turn=turn, call_id=call_id, effect=tools[call.tool]
            )
            document = await self._tool_calls.run(self._work, request)
        except TickFailed as error:
            if error.failure.code not in MODEL_MISTAKES:
                raise
            document = {"status": "REFUSED", "detail": error.failure.detail}
        self._files[turn, call_id] = document.get("files", [])
        await conversation.send({"type": "result", "id": call.id, "text": shown_result(document)})

    def _member(self, agent: str | None) -> CrewMember:
        member = self._crew.members.get(agent)
        if member is None:
            raise CrewBroken("its program speaks for an agent that the crew does not have")
        return member


def _started(call: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    return asyncio.create_task(call)


def _told(call: dict[str, Any]) -> dict[str, Any]:
    """A call as the program is told of it: `readable` are its arguments, None where no tool could be called so."""
    function = call.get("function") or {}
    raw = str(function.get("arguments") or "")
    return {
        "id": str(call.get("id") or ""),
        "name": str(function.get("name") or ""),
        "arguments": raw,
        "readable": readable_arguments(raw),
    }


def _wish(function: str, arguments: dict[str, Any]) -> str:
    """What a model asked for, as a digest: the same function with the same arguments is the same wish."""
    return canonical_digest({"function": function, "arguments": arguments})
