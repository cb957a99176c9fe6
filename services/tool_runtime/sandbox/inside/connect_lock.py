"""Answers a job's connections where the network is not its own: to the loopback and its own sockets, nowhere else.

Each connect() of the job is handed over by a filter (`filter/connect_lock.py`) and made here, on the job's own socket,
with our own copy of the address: what the job writes into its memory meanwhile changes nothing (seccomp_unotify(2)
warns of letting a call go on that was judged by memory). A socket with a path is opened before it is judged, and
connected to as it was opened: no link that is swapped meanwhile leads to another one. When this process is gone,
connect() fails with ENOSYS.

Standard library only, like everything in here.
"""

# Importing pathlib would take a third of this process's start-up time.
# ruff: noqa: PTH115, PTH123

import ctypes
import errno
import fcntl
import os
import platform
import socket
import struct
from typing import NoReturn

_SECCOMP = {"x86_64": 317, "aarch64": 277}[platform.machine()]
_PIDFD_GETFD = 438
_SET_MODE_FILTER, _NEW_LISTENER = 1, 8
_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38

# From linux/seccomp.h: struct seccomp_notif, struct seccomp_notif_resp, and the numbers of their ioctls.
_NOTIFICATION, _ANSWER = struct.Struct("=QIIiIQ6Q"), struct.Struct("=QqiI")
_RECEIVE, _SEND, _IS_VALID = 0xC0502100, 0xC0182101, 0x40082102

_LONGEST_ADDRESS = 128  # struct sockaddr_storage
_SECONDS = 1
"""A connection of the loopback is there at once, or its listener takes none; meanwhile this process hears nothing."""
_SOCKETS_BELOW = (b"/tmp/", b"/work/", b"/dev/shm/")
_NO_ADDRESS = ("203.0.113.1", 9)
"""Of a network that is nobody's (RFC 5737)."""

_libc = ctypes.CDLL(None, use_errno=True)


class LockError(Exception):
    """The lock cannot be put on, or does not hold."""


class ConnectLock:
    """Put on by the process that becomes the job, answered by its parent."""

    def __init__(self, *, lock: bytes, rest: bytes) -> None:
        """`lock` and `rest` are the two programs; the second may forbid to add further ones."""
        self._programs = (lock, rest)
        self._ours, self._of_job = socket.socketpair()
        self.listener = -1

    def put_on(self) -> None:
        """For the rest of this process's life, and of all that it starts. Raises `OSError`."""
        if _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_NO_NEW_PRIVS)")
        lock, rest = self._programs
        listener = _install(lock, _NEW_LISTENER)
        socket.send_fds(self._of_job, [b"L"], [listener])
        os.close(listener)
        _install(rest, 0)
        self._of_job.close()
        self._ours.close()

    def attend(self) -> None:
        """Wait until the child has put it on. Raises `LockError` where it could not."""
        self._of_job.close()
        told, fds, _, _ = socket.recv_fds(self._ours, 1, 1, socket.MSG_CMSG_CLOEXEC)
        self._ours.close()
        if told != b"L" or len(fds) != 1:
            raise LockError("the kernel took no filter that hands connections over")
        self.listener = fds[0]

    def answer(self) -> None:
        """Make or refuse one connection that the job asks for."""
        asked = bytearray(_NOTIFICATION.size)
        try:
            fcntl.ioctl(self.listener, _RECEIVE, asked)
        except OSError:
            return  # whoever asked is gone
        identity, thread, *_, fd, address, length, _, _, _ = _NOTIFICATION.unpack(asked)
        number = self._connect(identity, thread, fd & 0xFFFFFFFF, address, length & 0xFFFFFFFF)
        try:
            fcntl.ioctl(self.listener, _SEND, _ANSWER.pack(identity, 0, -number, 0))
        except OSError:
            return  # gone meanwhile

    def _connect(self, identity: int, thread: int, fd: int, address: int, length: int) -> int:
        """The error number that the job's connect() ends with, or 0."""
        try:
            with open(f"/proc/{thread}/mem", "rb", buffering=0) as memory:
                told = os.pread(memory.fileno(), min(length, _LONGEST_ADDRESS), address)
            fcntl.ioctl(self.listener, _IS_VALID, struct.pack("=Q", identity))
            if int.from_bytes(told[:2], "little") == socket.AF_UNIX and len(told) > 1:
                return _connected_by_path(thread, fd, told[2:].partition(b"\0")[0])
            destination, refused = judged(told)
            if destination is None:
                return refused
            with _socket_of(thread, fd) as job_socket:
                return _connected(job_socket, destination)
        except OSError as error:
            return error.errno or errno.EACCES


def judged(address: bytes) -> tuple[bytes | None, int]:
    """Our copy of an address of the internet that a job may connect to, or the number of the error that it gets."""
    family = int.from_bytes(address[:2], "little") if len(address) > 1 else socket.AF_UNSPEC
    if family == socket.AF_INET and len(address) >= 16:  # noqa: PLR2004  (struct sockaddr_in)
        return (address[:16], 0) if address[4] == 127 else (None, errno.ENETUNREACH)  # noqa: PLR2004
    if family == socket.AF_INET6 and len(address) >= 28:  # noqa: PLR2004  (struct sockaddr_in6)
        host = address[8:24]
        own = host == bytes(15) + b"\1" or host[:13] == bytes(10) + b"\xff\xff\x7f"
        return (address[:28], 0) if own else (None, errno.ENETUNREACH)
    return None, errno.EAFNOSUPPORT


def opened_socket(path: bytes) -> int:
    """What lies at the path, opened as a place, if it lies in a folder of the job's. Raises `OSError`.

    Judged is where the opened thing lies, by the kernel's own word, and not the path, which may lead elsewhere by now.
    """
    if not path.startswith(_SOCKETS_BELOW):
        raise PermissionError(errno.EACCES, "no path of the job's own")
    opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not os.readlink(b"/proc/self/fd/%d" % opened).startswith(_SOCKETS_BELOW):
            raise PermissionError(errno.EACCES, "it leads out of the job's folders")
    except OSError:
        os.close(opened)
        raise
    return opened


def _connected_by_path(thread: int, fd: int, path: bytes) -> int:
    opened = opened_socket(path)
    try:
        with _socket_of(thread, fd) as job_socket:
            return _connected(job_socket, struct.pack("=H", socket.AF_UNIX) + b"/proc/self/fd/%d\0" % opened)
    finally:
        os.close(opened)


def _socket_of(thread: int, fd: int) -> socket.socket:
    """The job's socket itself, so that its options and whoever waits for it stay. Raises `OSError`."""
    with open(f"/proc/{thread}/status", "rb") as status:
        process = int(status.read().partition(b"\nTgid:")[2].split(maxsplit=1)[0])
    pidfd = os.pidfd_open(process)
    try:
        own = _libc.syscall(_PIDFD_GETFD, pidfd, fd, 0)
        if own < 0:
            raise OSError(ctypes.get_errno(), "pidfd_getfd")
    finally:
        os.close(pidfd)
    try:
        return socket.socket(fileno=own)
    except OSError:
        os.close(own)
        raise


def _connected(job_socket: socket.socket, address: bytes) -> int:
    """Connect as the job would have; where its socket waits, no longer than a connection of the loopback takes."""
    before = job_socket.getsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, 16)
    job_socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("@ll", _SECONDS, 0))
    try:
        if _libc.connect(job_socket.fileno(), address, len(address)) == 0:
            return 0
        number = ctypes.get_errno()
    finally:
        job_socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, before)
    waits = not os.get_blocking(job_socket.fileno())
    return number if waits or number != errno.EINPROGRESS else errno.ETIMEDOUT


def _install(program: bytes, flags: int) -> int:
    """What the kernel answers: a descriptor with the flag for one. Raises `OSError`."""
    code = ctypes.create_string_buffer(program, len(program))
    described = struct.pack("@HP", len(program) // 8, ctypes.addressof(code))  # struct sock_fprog
    answer = int(_libc.syscall(_SECCOMP, _SET_MODE_FILTER, flags, described))
    if answer < 0:
        raise OSError(ctypes.get_errno(), "seccomp")
    return answer


def try_out(*, lock: bytes, rest: bytes) -> None:
    """Whether the lock holds here, by a child that tries to get out. Raises `LockError`."""
    trial = ConnectLock(lock=lock, rest=rest)
    child = os.fork()
    if child == 0:
        _try_to_get_out(trial)
    try:
        trial.attend()
        trial.answer()
        os.close(trial.listener)
    finally:
        _, status = os.waitpid(child, 0)
    if status != 0:
        raise LockError(f"a connection was not refused as it should be ({os.waitstatus_to_exitcode(status)})")


def _try_to_get_out(trial: ConnectLock) -> NoReturn:
    try:
        # As a job is after its exec: its parent may read its memory.
        _libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0)
        trial.put_on()
        with socket.socket() as stream:
            if stream.connect_ex(_NO_ADDRESS) != errno.ENETUNREACH:
                os._exit(3)
        try:
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()
        except PermissionError:
            os._exit(0)
        os._exit(4)
    finally:
        os._exit(2)
