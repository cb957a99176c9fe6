"""A child process and the socket pair over which it takes requests: lines of JSON both ways."""

import json
import os
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any

_LARGEST_READ = 1 << 20


class ChannelClosed(Exception):
    """The child ended without an answer."""


class ChannelTimeout(Exception):
    """The child did not answer in time."""


class Channel:
    def __init__(self, process: subprocess.Popen[bytes], ours: socket.socket) -> None:
        self._process = process
        self._socket = ours
        self._pending = b""

    @classmethod
    def spawn(cls, argv: list[str], environment: dict[str, str], log: Path) -> "Channel":
        ours, theirs = socket.socketpair()
        with theirs, log.open("ab") as output:
            process = subprocess.Popen(
                argv,
                env={**environment, "LOCKSTEP_LAMBDA_CHANNEL": str(theirs.fileno())},
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        return cls(process, ours)

    def alive(self) -> bool:
        return self._process.poll() is None

    def send(self, message: dict[str, Any]) -> None:
        try:
            self._socket.settimeout(None)
            self._socket.sendall(json.dumps(message).encode() + b"\n")
        except OSError as error:
            raise ChannelClosed(self._exit()) from error

    def receive(self, timeout: float) -> dict[str, str]:
        """The next line; the timeout is for each read of a line that comes in one piece or in quick pieces."""
        self._socket.settimeout(timeout)
        while b"\n" not in self._pending:
            try:
                data = self._socket.recv(_LARGEST_READ)
            except TimeoutError as error:
                raise ChannelTimeout(f"no answer within {timeout:.0f} s") from error
            except OSError as error:
                raise ChannelClosed(self._exit()) from error
            if not data:
                raise ChannelClosed(self._exit())
            self._pending += data
        line, _, self._pending = self._pending.partition(b"\n")
        message: dict[str, str] = json.loads(line)
        return message

    def close(self) -> None:
        """The child reads the end of its input and leaves; one that does not is killed."""
        self._socket.close()
        try:
            self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Kills whatever the function started as well: it leads a session of its own."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._socket.close()

    def _exit(self) -> str:
        try:
            return f"exit status {self._process.wait(timeout=1)}"
        except subprocess.TimeoutExpired:
            return "connection closed"
