"""An execution environment and its socket, on which requests and answers are lines of JSON."""

import contextlib
import json
import os
import select
import signal
import socket
from typing import Any

_LARGEST_READ = 1 << 20
_END_SECONDS = 1.0


class ChannelClosed(Exception):
    """The environment ended without an answer."""


class ChannelTimeout(Exception):
    """The environment did not answer in time."""


class Channel:
    """Our end of the socket; `pid` is the environment's process."""

    def __init__(self, pid: int, ours: socket.socket) -> None:
        self._pid = pid
        # The environment is a child of the template, so its end cannot be waited for; this descriptor shows it.
        self._ended = _pidfd(pid)
        self._socket = ours
        self._pending = b""

    def alive(self) -> bool:
        return self._ended is not None and not self._has_ended(0)

    def send(self, message: dict[str, Any]) -> None:
        try:
            self._socket.settimeout(None)
            self._socket.sendall(json.dumps(message).encode() + b"\n")
        except OSError as error:
            raise ChannelClosed("the environment has ended") from error

    def receive(self, timeout: float) -> dict[str, str]:
        """Read the next line. The timeout applies to each read, and a line arrives in one piece or in quick pieces."""
        self._socket.settimeout(timeout)
        while b"\n" not in self._pending:
            try:
                data = self._socket.recv(_LARGEST_READ)
            except TimeoutError as error:
                raise ChannelTimeout(f"no answer within {timeout:.0f} s") from error
            except OSError as error:
                raise ChannelClosed("the environment has ended") from error
            if not data:
                raise ChannelClosed("the environment has ended")
            self._pending += data
        line, _, self._pending = self._pending.partition(b"\n")
        message: dict[str, str] = json.loads(line)
        return message

    def close(self) -> None:
        """Close the socket, at which the environment ends; kill it if it does not."""
        self._socket.close()
        if not self._has_ended(_END_SECONDS):
            self.kill()
        elif self._ended is not None:
            os.close(self._ended)
            self._ended = None

    def kill(self) -> None:
        """Kill the environment and all that the function has started, which are in its session."""
        if self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._pid, signal.SIGKILL)
            self._has_ended(_END_SECONDS)
        self._socket.close()
        if self._ended is not None:
            os.close(self._ended)
            self._ended = None

    def _has_ended(self, seconds: float) -> bool:
        if self._ended is None:
            return True
        poll = select.poll()
        poll.register(self._ended, select.POLLIN)
        return bool(poll.poll(seconds * 1000))


def _pidfd(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        return None
