"""The process that local runners are forked from: everything is imported, nothing has begun.

A runner's start is mostly imports; forked, it costs milliseconds. The launcher sends one JSON object a line,
`{"start": id, "settings": {…}}` or `{"kill": id}`, and is told `{"id": id, "code": exit code}` when a runner has ended.
Only this process waits for its children, so a number is never that of another process. It has one thread and no event
loop; each child makes its own. When the channel ends, the launcher is gone, and so is the zygote.
"""

import gc
import json
import os
import selectors
import signal
import socket
import sys
from dataclasses import dataclass, field
from typing import Any, NoReturn

from tool_runtime.protocol import EXIT_FAILED
from tool_runtime.runner.__main__ import run
from tool_runtime.runner.settings import RunnerSettings


@dataclass
class Zygote:
    """Forks, kills and counts runners for one launcher."""

    control: socket.socket
    life_fd: int
    _runners: dict[int, int] = field(default_factory=dict)
    _unread: bytes = b""

    def serve(self) -> None:
        """Until the control channel ends."""
        woken, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        with selectors.DefaultSelector() as selector:
            selector.register(self.control, selectors.EVENT_READ)
            selector.register(woken, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fileobj is self.control and not self._obey():
                        return
                    if key.fileobj == woken:
                        os.read(woken, 4096)
                        self._reap()

    def _obey(self) -> bool:
        data = self.control.recv(65536)
        *lines, self._unread = (self._unread + data).split(b"\n")
        for line in lines:
            order = json.loads(line)
            if "start" in order:
                self._start(order["start"], order["settings"])
            else:
                self._kill(order["kill"])
        return bool(data)

    def _start(self, name: int, settings: dict[str, Any]) -> None:
        try:
            pid = os.fork()
        except OSError:
            self._tell(name, EXIT_FAILED)
            return
        if pid == 0:
            self._become_a_runner(settings)
        self._runners[pid] = name

    def _become_a_runner(self, settings: dict[str, Any]) -> NoReturn:
        code = EXIT_FAILED
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self.control.close()
            code = run(RunnerSettings(**settings, life_fd=self.life_fd))
            sys.stdout.flush()
        finally:
            os._exit(code)  # never back into the loop of the parent

    def _kill(self, name: int) -> None:
        for pid, known in self._runners.items():
            if known == name:
                os.kill(pid, signal.SIGKILL)

    def _reap(self) -> None:
        while self._runners:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            self._tell(self._runners.pop(pid), os.waitstatus_to_exitcode(status))

    def _tell(self, name: int, code: int) -> None:
        self.control.sendall(json.dumps({"id": name, "code": code}).encode() + b"\n")


def main() -> None:
    """`python -m tool_runtime.runner.zygote <control descriptor> <life descriptor>`."""
    control_fd, life_fd = map(int, sys.argv[1:3])
    for fd in (control_fd, life_fd):
        os.set_inheritable(fd, False)  # noqa: FBT003
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's interrupt reaches the launcher, which decides
    gc.freeze()
    Zygote(socket.socket(fileno=control_fd), life_fd).serve()


if __name__ == "__main__":
    main()
