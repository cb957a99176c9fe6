"""The protocol between command line and daemon: a line of JSON is the command, lines of JSON are its progress and end.

A daemon goes on with the code that it was started with while the project's changes. So a command names only what it
uses, and a daemon that does not know it does not end it well, which the command line tells from an end without changes.

The socket's path is relative to the project, because such paths may not be longer than some 100 characters.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from supervisor.errors import SupervisorError
from supervisor.settings import ROOT, Paths

END = {"end": True}
_OTHER_CODE = "the supervisor runs with another version of this project: run `make stop-local`, then the command again"


class NotUnderstood(SupervisorError):
    """The daemon hung up without a word about how the command ended."""


@dataclass(frozen=True, slots=True)
class Request:
    """A command as it travels to the daemon; `names` or the group `only` choose processes, nothing chooses all."""

    command: str
    names: list[str] = field(default_factory=list)
    only: str = ""
    # The settings of the command line; a daemon that runs with other ones refuses the command.
    settings: dict[str, str] = field(default_factory=dict)
    # Variables that a `restart` gives the processes besides their own, until they are stopped or restarted.
    environment: dict[str, str] = field(default_factory=dict)

    def line(self) -> bytes:
        return json.dumps({name: value for name, value in asdict(self).items() if value}).encode() + b"\n"

    @classmethod
    def parse(cls, line: bytes) -> "Request":
        """Raises `SupervisorError` for what this code does not know."""
        try:
            return cls(**json.loads(line))
        except (TypeError, ValueError) as error:
            raise SupervisorError(_OTHER_CODE) from error


def socket_path(paths: Paths) -> str:
    return os.path.relpath(paths.control, ROOT)


async def send(paths: Paths, request: Request) -> AsyncIterator[dict[str, Any]]:
    """Send a command; yield the daemon's messages, and raise its error as `SupervisorError`.

    Raises `NotUnderstood` when it says nothing of the command's end.
    """
    reader, writer = await asyncio.open_unix_connection(socket_path(paths))
    try:
        writer.write(request.line())
        await writer.drain()
        while line := await reader.readline():
            message: dict[str, Any] = json.loads(line)
            if "error" in message:
                raise SupervisorError(message["error"])
            if message == END:
                return
            yield message
        raise NotUnderstood(_OTHER_CODE)
    except ConnectionError as error:
        raise SupervisorError("the supervisor ended before the command did; run the command again") from error
    finally:
        writer.close()


async def is_running(paths: Paths) -> bool:
    try:
        _, writer = await asyncio.open_unix_connection(socket_path(paths))
    except (FileNotFoundError, ConnectionRefusedError):
        return False
    writer.close()
    return True


def as_line(message: dict[str, Any]) -> bytes:
    return json.dumps(message).encode() + b"\n"


def clear_stale_socket(paths: Paths) -> None:
    Path(socket_path(paths)).unlink(missing_ok=True)
