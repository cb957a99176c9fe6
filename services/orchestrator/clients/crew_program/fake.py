"""Programs of crews in memory: each crew is played by a function of its caller."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from orchestrator.clients.crew_program.base import CrewBroken, CrewConversation, CrewLost


class Stage:
    """The program's side of a conversation."""

    def __init__(self) -> None:
        self.said: asyncio.Queue[bytes | Exception] = asyncio.Queue()
        self.heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._asked = 0

    def say(self, document: dict[str, Any] | bytes) -> None:
        self.said.put_nowait(document if isinstance(document, bytes) else json.dumps(document).encode())

    async def ask(self, document: dict[str, Any]) -> dict[str, Any]:
        """Says it under a number of its own, and waits for what comes next."""
        self._asked += 1
        self.say({**document, "id": self._asked})
        return await self.heard.get()

    def die(self, error: Exception | None = None) -> None:
        self.said.put_nowait(error or CrewLost("its program was killed by signal 9"))


Play = Callable[[Stage], Awaitable[None]]


async def one_question_a_task(stage: Stage) -> None:
    """A crew whose agents answer their tasks at once, and whose last answer is that of the crew."""
    crew = (await stage.heard.get())["crew"]
    text = ""
    for task in crew["tasks"]:
        messages = [{"role": "user", "content": task["description"]}]
        answer = await stage.ask({"type": "ask", "agent": task["agent"], "messages": messages, "functions": []})
        text = answer["text"]
        stage.say({"type": "task", "name": task["name"], "text": text})
    stage.say({"type": "done", "text": text})


@dataclass
class FakeCrewProgram:
    """`play` plays each program that is started; `away` is raised instead of starting one."""

    play: Play = one_question_a_task
    away: Exception | None = None
    started: int = 0
    stages: list[Stage] = field(default_factory=list)

    @asynccontextmanager
    async def start(self) -> AsyncIterator[CrewConversation]:
        if self.away is not None:
            raise self.away
        self.started += 1
        stage = Stage()
        self.stages.append(stage)
        playing = asyncio.create_task(self._played(stage))
        try:
            yield _FakeConversation(stage)
        finally:
            playing.cancel()
            await asyncio.gather(playing, return_exceptions=True)

    async def _played(self, stage: Stage) -> None:
        try:
            await self.play(stage)
        finally:
            stage.die(CrewBroken("its program ended with code 0: it said nothing"))


class _FakeConversation:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    async def receive(self) -> bytes:
        said = await self._stage.said.get()
        if isinstance(said, Exception):
            raise said
        return said

    async def send(self, document: dict[str, Any]) -> None:
        self._stage.heard.put_nowait(document)
