"""The lock on connections: which calls its filter hands over or refuses, and where a path of a socket leads."""

import errno
import os
import socket
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tool_runtime.sandbox.filter import assembly, connect_lock
from tool_runtime.sandbox.inside.connect_lock import judged, opened_socket

REFUSED = assembly.ERRNO | errno.EACCES
STREAM, DGRAM, RAW, PACKETS = 1, 2, 3, 5


def decide(machine: str, call: str, *arguments: int) -> int:
    """Run the program as the kernel would, over a `struct seccomp_data`."""
    architecture = assembly.ARCHITECTURES[machine]
    full = (*arguments, *(0,) * (6 - len(arguments)))
    data = struct.pack("<IIQ6Q", architecture.table[call], architecture.audit, 0, *full)
    program = connect_lock.instructions(architecture)
    accumulator, at = 0, 0
    while True:
        code, yes, no, value = program[at]
        at += 1
        if code == assembly.LD:
            (accumulator,) = struct.unpack_from("<I", data, value)
        elif code == assembly.AND:
            accumulator &= value
        elif code == assembly.RET:
            return value
        else:
            true = {
                assembly.JEQ: accumulator == value,
                assembly.JGE: accumulator >= value,
                assembly.JSET: accumulator & value != 0,
            }
            at += yes if true[code] else no


@pytest.mark.parametrize("machine", sorted(assembly.ARCHITECTURES))
@pytest.mark.parametrize("flags", [0, socket.SOCK_CLOEXEC, socket.SOCK_NONBLOCK])
def test_no_socket_sends_to_an_address_without_a_connection(machine: str, flags: int) -> None:
    for family, kinds in ((socket.AF_UNIX, {STREAM, PACKETS}), (socket.AF_INET, {STREAM}), (socket.AF_INET6, {STREAM})):
        for kind in range(11):
            expected = assembly.ALLOW if kind in kinds else REFUSED
            assert decide(machine, "socket", family, kind | flags) == expected, (family, kind)
    for kind in range(11):
        expected = assembly.ALLOW if kind in {STREAM, PACKETS} else REFUSED
        assert decide(machine, "socketpair", socket.AF_UNIX, kind | flags) == expected, kind
    assert decide(machine, "socket", socket.AF_NETLINK, RAW | flags) == assembly.ALLOW
    assert decide(machine, "connect", 3) == assembly.USER_NOTIF


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir="/tmp") as made, socket.socket(socket.AF_UNIX) as own:
        own.bind(f"{made}/own")
        yield Path(made)


def test_a_socket_is_opened_where_it_lies(folder: Path) -> None:
    (folder / "link").symlink_to("own")
    for name in ("own", "link"):
        opened = opened_socket(os.fsencode(folder / name))
        # The path leads elsewhere by now; what was judged stays what it was.
        assert os.fstat(opened).st_ino == (folder / "own").stat().st_ino
        (folder / "link").unlink()
        (folder / "link").symlink_to("/run")
        assert Path(f"/proc/self/fd/{opened}").readlink() == folder / "own"
        os.close(opened)
        (folder / "link").unlink()
        (folder / "link").symlink_to("own")


@pytest.mark.parametrize("target", ["/run", "/proc/self/root/run", "/", "../../run"])
def test_what_lies_elsewhere_is_refused_and_left_closed(folder: Path, target: str) -> None:
    (folder / "link").symlink_to(target)
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(PermissionError):
        opened_socket(os.fsencode(folder / "link"))
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.parametrize("path", [b"", b"own", b"/run/x", b"/tmpx/own", b"/tmp", b"/proc/self/root/tmp/own"])
def test_a_path_that_does_not_begin_in_the_jobs_folders_is_not_even_looked_at(path: bytes) -> None:
    with pytest.raises(PermissionError):
        opened_socket(path)


def test_no_path_is_an_address_of_the_internet() -> None:
    assert judged(struct.pack("=H", socket.AF_UNIX) + b"/tmp/own\0") == (None, errno.EAFNOSUPPORT)
