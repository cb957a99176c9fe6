"""Programs of crews as processes in bubblewrap, that die with their worker."""

import asyncio
import os
import shutil
import signal
import socket
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from foundation.domain.errors import SandboxUnavailable
from orchestrator.clients.crew_program import frames
from orchestrator.clients.crew_program.base import CrewBroken, CrewConversation, CrewLost, CrewUnavailable
from orchestrator.clients.crew_program.walls import CrewWalls, command

SERVICES = Path(__file__).resolve().parents[3]
_SHOWN_STDERR = 2_000
_GONE_SECONDS = 5.0
_KILLED = 128
"""Bubblewrap ends with this number and the signal's when what it runs was killed by one."""


class BubblewrapCrewProgram:
    """The port on this machine. `python` is the interpreter of the crew's own environment, None where there is none."""

    def __init__(self, python: Path | None, *, memory_bytes: int, start_seconds: float) -> None:
        self._python = python
        self._memory_bytes = memory_bytes
        self._start_seconds = start_seconds

    @asynccontextmanager
    async def start(self) -> AsyncIterator[CrewConversation]:
        ours, theirs = socket.socketpair()
        try:
            process = await self._spawn(theirs)
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        reader, writer = await asyncio.open_connection(sock=ours)
        conversation = ProcessConversation(process, reader, writer)
        try:
            await self._greeted(conversation)
            yield conversation
        finally:
            await conversation.end()

    async def _spawn(self, theirs: socket.socket) -> Process:
        bwrap = shutil.which("bwrap")
        if bwrap is None:
            raise SandboxUnavailable("bubblewrap (bwrap) is not on this worker's PATH; without it no crew is run")
        if self._python is None or not self._python.exists():
            raise CrewUnavailable("this worker has no environment for crews; run `make prepare` and start it again")
        walls = CrewWalls(bwrap, self._python, SERVICES, theirs.fileno(), self._memory_bytes)
        try:
            return await asyncio.create_subprocess_exec(
                *command(walls),
                stdin=DEVNULL,
                stdout=DEVNULL,
                stderr=PIPE,
                pass_fds=(theirs.fileno(),),
                env={},
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:
            raise SandboxUnavailable(f"bubblewrap could not be started: {error}") from error

    async def _greeted(self, conversation: "ProcessConversation") -> None:
        try:
            async with asyncio.timeout(self._start_seconds):
                greeting = frames.decode(await conversation.receive())
        except TimeoutError as error:
            raise CrewLost(f"its program did not start within {self._start_seconds:.0f} s") from error
        except frames.CrewFrameError as error:
            raise CrewBroken(f"its program does not keep to the protocol: {error}") from error
        if greeting != {"type": "ready", "v": frames.VERSION}:
            raise CrewBroken("its program is of another version than this worker")


class ProcessConversation:
    """What is said with one process over its socket."""

    def __init__(self, process: Process, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._process = process
        self._reader = reader
        self._writer = writer
        self._sending = asyncio.Lock()
        self._last_words = b""
        self._listener = asyncio.create_task(self._listen(), name="stderr of a crew")

    @property
    def pid(self) -> int:
        return self._process.pid

    async def receive(self) -> bytes:
        try:
            length = frames.length_of(await self._reader.readexactly(frames.LENGTH_BYTES))
            return await self._reader.readexactly(length)
        except frames.CrewFrameError as error:
            raise CrewBroken(f"its program does not keep to the protocol: {error}") from error
        except (asyncio.IncompleteReadError, ConnectionError):
            raise await self._gone() from None

    async def send(self, document: dict[str, Any]) -> None:
        async with self._sending:
            with suppress(ConnectionError):
                self._writer.write(frames.encode(document))
                await self._writer.drain()

    async def end(self) -> None:
        """Kills the program. With the first process of its namespace all others in it die."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.wait()
        # The socket ends when the last process that has it is gone, and that is the one inside.
        with suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(_GONE_SECONDS):
                while await self._reader.read(65_536):
                    pass
        self._writer.close()
        self._listener.cancel()
        with suppress(asyncio.CancelledError):
            await self._listener

    async def _listen(self) -> None:
        """Keeps the end of what the program writes, and reads all of it so that it never waits for us."""
        assert self._process.stderr is not None  # noqa: S101 - it was asked for
        while block := await self._process.stderr.read(65_536):
            self._last_words = (self._last_words + block)[-_SHOWN_STDERR:]

    async def _gone(self) -> Exception:
        """Why it says no more. It has closed its socket, so it ends now if it has not ended yet."""
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await self._process.wait()
                await self._listener
        code = self._process.returncode
        words = self._last_words.decode("utf-8", "replace").replace("\0", "").strip()
        if words.startswith("bwrap:"):
            return SandboxUnavailable(f"no walls can be built for a crew: {words}")
        if code is None:
            return CrewBroken("its program closed its socket and went on")
        if code < 0 or code > _KILLED:
            number = -code if code < 0 else code - _KILLED
            return CrewLost(f"its program was killed by signal {number}")
        return CrewBroken(f"its program ended with code {code}: {words or 'it said nothing'}")
