"""The daemon: the process that goes on after a command, owns the stack and listens on the control socket."""

import asyncio
import contextlib
import logging
import os
import shlex
import signal
from collections.abc import Awaitable, Callable
from typing import Any

from supervisor import control, env_file
from supervisor.control import Request
from supervisor.errors import Refused, SupervisorError
from supervisor.inventory.ground import ground
from supervisor.inventory.handed_on import handed_on
from supervisor.inventory.surroundings import Surroundings
from supervisor.processes import pid_files
from supervisor.processes.stack import Stack
from supervisor.settings import ROOT, Settings

LOG = logging.getLogger(__name__)
Send = Callable[[dict[str, Any]], None]


class Daemon:
    """Owns the processes of one stack, and carries out one command at a time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._paths = settings.paths
        self._here = Surroundings(settings)
        self._handed_on = handed_on(self._here)
        self._stack = Stack([*ground(self._here), *self._handed_on.services], settings.paths)
        self._ended = asyncio.Event()
        # One command at a time, because two of them could start and stop the same process at once.
        self._turn = asyncio.Lock()
        self._commands: dict[str, Callable[[Request, Send], Awaitable[None]]] = {
            "up": self._up,
            "down": self._down,
            "start": self._up,
            "stop": self._stop,
            "restart": self._restart,
            "status": self._status,
        }

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._ended.set)
        control.clear_stale_socket(self._paths)
        server = await asyncio.start_unix_server(self._serve, control.socket_path(self._paths))
        self._paths.control.chmod(0o600)
        pid_files.write(self._paths, "supervisor", os.getpid())
        try:
            await self._ended.wait()
        finally:
            server.close()
            await self._stack.stop(self._stack.select(), _to_log)
            control.clear_stale_socket(self._paths)
            pid_files.remove(self._paths, "supervisor")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def send(message: dict[str, Any]) -> None:
            if not writer.is_closing():
                writer.write(control.as_line(message))

        try:
            line = await reader.readline()
            if line:
                await self._answer(line, send)
        finally:
            with contextlib.suppress(ConnectionError):
                await writer.drain()
            writer.close()

    async def _answer(self, line: bytes, send: Send) -> None:
        name = "a command"
        try:
            request = Request.parse(line)
            name = request.command
            await self._execute(request, send)
        except SupervisorError as error:
            LOG.warning("%s: %s", name, error)
            send({"error": str(error)})
        except Exception:  # An unexpected error must not end the daemon, because all processes would end with it.
            LOG.exception("%s failed", name)
            send({"error": f"{name} failed unexpectedly: see {self._paths.logs / 'supervisor.log'}"})
        else:
            send(control.END)

    async def _execute(self, request: Request, send: Send) -> None:
        command = self._commands.get(request.command)
        if command is None:
            raise Refused(f"no command is called {request.command}")
        if command == self._status:
            await command(request, send)
            return
        async with self._turn:
            try:
                await command(request, send)
            finally:
                if self._stack.idle():
                    # No process is left, so the daemon ends; the next `up` may have other settings.
                    self._ended.set()

    async def _up(self, request: Request, send: Send) -> None:
        self._refuse_other_settings(request.settings)
        selected = self._stack.select(names=request.names, only=request.only)
        await self._stack.start(selected, lambda text, seconds: send({"text": text, "seconds": seconds}))
        env_file.write(self._paths.env, self._here.for_a_shell())

    def _refuse_other_settings(self, wanted: dict[str, str]) -> None:
        ours = self._settings.identity(self._handed_on.variables)
        differ = sorted(name for name in wanted if wanted[name] != ours.get(name))
        if differ:
            as_it_was = ", ".join(self._as_it_was(name) for name in differ)
            raise Refused(
                f"the stack runs with another {', '.join(differ)}: go on with it as it was started ({as_it_was}),"
                " or run `make stop-local` first"
            )

    def _as_it_was(self, name: str) -> str:
        """What to type for the stack's own value; one that may be a key is not shown."""
        if (text := self._settings.as_variables().get(name)) is not None:
            return f"export {name}={shlex.quote(text)}"
        is_set = name in self._settings.identity(self._handed_on.variables)
        return f"export {name} as it was set there" if is_set else f"unset {name}"

    async def _down(self, request: Request, send: Send) -> None:
        await self._stop(request, send)

    async def _stop(self, request: Request, send: Send) -> None:
        selected = self._stack.select(names=request.names, only=request.only)
        await self._stack.stop(selected, lambda text, seconds: send({"text": text, "seconds": seconds}))

    async def _restart(self, request: Request, send: Send) -> None:
        await self._stop(request, send)
        for child in self._stack.select(names=request.names) if request.environment else ():
            child.environment = request.environment
        await self._up(request, send)

    async def _status(self, _request: Request, send: Send) -> None:
        for row in self._stack.status():
            send({"status": row})


def _to_log(text: str, seconds: float) -> None:
    LOG.info("%s in %.1f s", text, seconds)


def main() -> None:
    settings = Settings()
    settings.paths.create()
    os.umask(0o077)
    os.chdir(ROOT)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("botocore").setLevel(logging.WARNING)
    asyncio.run(Daemon(settings).run())
