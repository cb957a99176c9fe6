"""The sandbox's first process: starts the job, kills what outlives it, and sends the files below `/work/out` outside.

Runs as PID 1 of its namespace under the system's interpreter, standard library only. It holds the control channel, so
it is made unreadable to the job before anything else; when the channel ends, it ends, and the kernel kills the rest.
Only when no other process is alive does it look at `/work/out`: nothing can change beneath the walk.
"""

# Each sandbox waits for what is imported here, so that nothing is that needs `enum`, `re` or `typing`: `_signal`,
# `_socket` and `_ctypes` are what the modules without the underscore are made of. What only some jobs' ends need is
# imported there.
# ruff: noqa: PTH102, PTH103, PTH108, PTH118, PTH120, PTH123, PTH208, SIM105

from __future__ import annotations

import _signal as signal  # type: ignore[import-not-found]  # typeshed leaves it out
import _socket as socket
import marshal
import os
import resource
import select
import struct
import sys
import time
from _ctypes import call_cdeclfunction, dlopen, dlsym

from tool_runtime.sandbox import frames

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn, Protocol

    class Lock(Protocol):
        """What the job's own process puts on before it becomes the job, and its parent answers while the job runs."""

        listener: int

        def put_on(self) -> None: ...

        def attend(self) -> None: ...

        def answer(self) -> None: ...


PR_GET_DUMPABLE, PR_SET_DUMPABLE = 3, 4
IGNORED = ("HUP", "INT", "QUIT", "USR1", "USR2", "PIPE", "ALRM", "TERM")
WORK = b"/work"


def main(control_fd: int, lock: Lock | None = None) -> None:
    """Serve one job over the control channel, then end."""
    become_unreadable()
    for name in IGNORED:
        signal.signal(getattr(signal, "SIG" + name), signal.SIG_IGN)
    os.set_inheritable(control_fd, False)  # noqa: FBT003
    control = socket.socket(fileno=control_fd)
    for folder in (b"in", b"out"):
        os.mkdir(os.path.join(WORK, folder), 0o755)
    woken, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    _hand_out_proxy_socket(control)
    job = _receive_job(control)
    began = time.monotonic()
    child = _start(job, lock)
    control.sendall(frames.encode(frames.STARTED))
    status = _await_end(control, woken, child, lock)
    wall_ms = round((time.monotonic() - began) * 1000)
    _kill_the_rest()
    control.sendall(frames.encode_report(_summary(status, wall_ms)))
    skipped = _hand_out_leavings(job["collect"], control)
    if job["workspace"] is not None:
        skipped += _pack_workspace(job["workspace"], control)
    control.sendall(frames.encode(frames.END, _told(skipped)))


def become_unreadable() -> None:
    """Close /proc/1/{environ,mem,fd} to the job, which has the same uid."""
    prctl = dlsym(dlopen(None, os.RTLD_NOW), "prctl")  # type: ignore[arg-type]  # None: this program itself
    call_cdeclfunction(prctl, (PR_SET_DUMPABLE, 0, 0, 0, 0))
    if call_cdeclfunction(prctl, (PR_GET_DUMPABLE, 0, 0, 0, 0)) != 0:
        raise OSError("prctl(PR_SET_DUMPABLE) had no effect")


def _hand_out_proxy_socket(control: socket.socket) -> None:
    """Listen where the job will look for its proxy, and give the socket away: it is answered from outside.

    A socket stays in the network that it was made in, so no byte of the job's traffic passes through this process, and
    the job's network has nothing but its loopback.
    """
    listener = socket.socket()
    listener.bind(frames.PROXY_ADDRESS)
    listener.listen(frames.PROXY_BACKLOG)
    carried = (socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("i", listener.fileno()))
    control.sendmsg([frames.encode(frames.READY)], [carried])
    listener.close()


def _receive_job(control: socket.socket) -> dict[str, Any]:
    """Take files and the job until told to go; the runner is trusted, so files are written as named."""
    decoder = frames.Decoder()
    job: dict[str, Any] = {}
    while data := control.recv(frames.CHUNK):
        for kind, payload in decoder.feed(data):
            if kind == frames.FILE:
                _write(frames.decode_piece(payload))
            elif kind == frames.JOB:
                job = marshal.loads(payload)  # noqa: S302  (from the runner)
            elif kind == frames.GO:
                return job
    sys.exit(0)


def _write(piece: frames.Piece) -> None:
    path = os.path.join(WORK, piece.name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "ab") as file:
        file.write(piece.data)


def _start(job: dict[str, Any], lock: Lock | None) -> int:
    """Fork the job's process, which sets its limits and closes inherited descriptors before exec."""
    pid = os.fork()
    if pid == 0:
        _become_the_job(job, lock)
    if lock is not None:
        lock.attend()
    return pid


def _become_the_job(job: dict[str, Any], lock: Lock | None) -> NoReturn:
    try:
        if lock is not None:
            lock.put_on()
        os.setsid()
        for name in (*IGNORED, "CHLD"):
            signal.signal(getattr(signal, "SIG" + name), signal.SIG_DFL)
        for name, value in job["rlimits"].items():
            _limit(getattr(resource, "RLIMIT_" + name), value)
        os.chdir(WORK)
        os.closerange(3, 65536)
        if job["workspace"] is not None and job["workspace"]["is_given"]:
            _unpack_workspace(job["workspace"])
        os.execve(job["argv"][0], job["argv"], job["env"])  # noqa: S606  (the sandbox is around it)
    except OSError as error:
        os.write(2, f"the job could not be started: {error}\n".encode())
    finally:
        os._exit(127)


def _hand_out_leavings(rules: dict[str, Any], control: socket.socket) -> list[dict[str, str]]:
    """Sends what is below `/work/out`; most jobs leave nothing, and need not wait for what walks it to be loaded."""
    out = os.path.join(WORK, b"out")
    try:
        folder = os.open(out, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC)
        names = os.listdir(folder)
        os.close(folder)
    except OSError:
        names = ["one that has to be told of"]
    if not names:
        return []
    from tool_runtime.sandbox.inside.leavings import leavings  # noqa: PLC0415

    return leavings(out, rules, control.sendall)


def _told(skipped: list[dict[str, str]]) -> bytes:
    if not skipped:
        return b""
    import json  # noqa: PLC0415

    return json.dumps(skipped, ensure_ascii=False).encode()


def _unpack_workspace(limits: dict[str, int]) -> None:
    """Under the limits of the job, whose first act it is; the archive may be anything."""
    # Jobs without a workspace do not wait for this to be loaded.
    from tool_runtime.sandbox.inside import workspace  # noqa: PLC0415

    try:
        workspace.unpack(WORK, frames.WORKSPACE_PLACE, limits)
    except (workspace.WorkspaceError, MemoryError) as error:
        os.write(2, f"the workspace cannot be unpacked: {error}\n".encode())
        os._exit(126)
    os.unlink(frames.WORKSPACE_PLACE)


def _pack_workspace(limits: dict[str, int], control: socket.socket) -> list[dict[str, str]]:
    from tool_runtime.sandbox.inside import workspace  # noqa: PLC0415

    try:
        return workspace.pack(WORK, limits, control.sendall)
    except workspace.WorkspaceError as error:
        return [{"name": "workspace", "reason": f"not kept: {error}"}]


def _limit(which: int, value: int) -> None:
    """Set a limit, or keep the host's where that is tighter."""
    _, hard = resource.getrlimit(which)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (value, value))


def _await_end(control: socket.socket, woken: int, child: int, lock: Lock | None) -> int:
    """Reap until the job's own process has ended. What comes on the control channel now means that it is to end."""
    poll = select.poll()
    for fd in (control, woken, *(() if lock is None else (lock.listener,))):
        poll.register(fd, select.POLLIN)
    while True:
        for fd, event in poll.poll():
            if fd == woken:
                os.read(woken, 4096)
            elif lock is not None and fd == lock.listener:
                if event & select.POLLIN:
                    lock.answer()
                else:
                    poll.unregister(fd)  # nobody is left who could ask
            else:
                poll.unregister(control)
                _obey(control)
        if (status := _reaped(child)) is not None:
            return status


def _obey(control: socket.socket) -> None:
    """End the job; if the runner is gone, all of it."""
    told = control.recv(frames.CHUNK)
    _kill_others()
    if not told:
        os._exit(1)


def _reaped(child: int) -> int | None:
    """The status that this child has ended with; those of others that have ended are taken in."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return None
        if pid == 0:
            return None
        if pid == child:
            return status


def _kill_others() -> None:
    try:
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:
        pass


def _kill_the_rest() -> None:
    """Kill every other process of the job until there is none, daemons and orphans included.

    All of them are children of this process, or become that when their parents end.
    """
    while True:
        _kill_others()
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _summary(status: int, wall_ms: int) -> dict[str, int | None]:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "exit_code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
        "wall_ms": wall_ms,
        "cpu_ms": round((used.ru_utime + used.ru_stime) * 1000),
        "max_rss_bytes": used.ru_maxrss * 1024,
    }
