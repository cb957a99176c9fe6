"""Templates: for each function a process that has loaded its code, from which execution environments are forked.

Without them a burst of calls would start an interpreter for each call, which takes some seventy megabytes and a second
to import the function's packages: more than a small machine has.
"""

import json
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from lambda_executor.channel import Channel, ChannelClosed

_BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
_LOAD_SECONDS, _FORK_SECONDS = 20.0, 10.0
_LARGEST_ANSWER = 1 << 20


class LoadFailed(Exception):
    """The function could not be loaded; `payload` is its error in AWS's form."""

    def __init__(self, payload: str) -> None:
        super().__init__("the function failed to load")
        self.payload = payload


@dataclass(frozen=True)
class Code:
    """The key of a template: two environments with the same interpreter, folder, path and handler share it."""

    interpreter: str
    folder: str
    search_path: str
    handler: str


@dataclass
class Template:
    """One loaded function. It forks one environment at a time, which takes milliseconds."""

    process: subprocess.Popen[bytes]
    orders: socket.socket
    lock: Lock = field(default_factory=Lock)

    @classmethod
    def load(cls, code: Code, environment: dict[str, str], log: Path) -> "Template":
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, log.open("ab") as output:
            process = subprocess.Popen(
                [code.interpreter, str(_BOOTSTRAP)],
                env={**environment, "LOCKSTEP_LAMBDA_ORDERS": str(theirs.fileno())},
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=code.folder,
                start_new_session=True,
            )
        template = cls(process, ours)
        try:
            answer = template.answer(_LOAD_SECONDS)
        except ChannelClosed:
            template.close()
            raise
        if answer["status"] != "ready":
            template.close()
            raise LoadFailed(answer["payload"])
        return template

    def fork(self, environment: dict[str, str], log: Path) -> Channel:
        """Fork a new execution environment."""
        ours, theirs = socket.socketpair()
        order = json.dumps({"environment": environment, "log": str(log)}).encode()
        with self.lock, theirs:
            try:
                socket.send_fds(self.orders, [order], [theirs.fileno()])
                pid = int(self.answer(_FORK_SECONDS)["pid"])
            except (OSError, ChannelClosed) as error:
                ours.close()
                raise ChannelClosed("the function's template has ended") from error
        return Channel(pid, ours)

    def answer(self, seconds: float) -> dict[str, Any]:
        self.orders.settimeout(seconds)
        try:
            data = self.orders.recv(_LARGEST_ANSWER)
        except OSError as error:
            raise ChannelClosed(f"no answer within {seconds:.0f} s") from error
        if not data:
            raise ChannelClosed(f"exit status {self.process.wait(timeout=_FORK_SECONDS)}")
        answer: dict[str, Any] = json.loads(data)
        return answer

    def close(self) -> None:
        """End the template; environments that it has forked go on."""
        self.orders.close()
        self.process.kill()
        self.process.wait()


class Templates:
    """All templates of this LocalStack. Each is loaded once, even if many calls need it at the same time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._loading: dict[Code, Lock] = {}
        self._loaded: dict[Code, Template] = {}

    def environment(self, code: Code, variables: dict[str, str], log: Path) -> Channel:
        """Fork an environment of the function; raises `LoadFailed` or `ChannelClosed`."""
        with self._lock:
            loading = self._loading.setdefault(code, Lock())
        with loading:
            template = self._loaded.get(code)
            if template is None or template.process.poll() is not None:
                template = self._loaded[code] = Template.load(code, variables, log)
        return template.fork(variables, log)

    def forget(self, folder: str) -> None:
        """End the templates of a version that was replaced."""
        with self._lock:
            gone = [self._loaded.pop(code) for code in list(self._loaded) if code.folder == folder]
        for template in gone:
            template.close()
