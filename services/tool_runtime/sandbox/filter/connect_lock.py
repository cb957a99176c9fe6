"""The filter of a job that has no network of its own: it asks before each connection, and sends nothing without one.

A second program beside that of `bpf.py`; the kernel takes the stricter answer of the two. What it hands over is
answered by `inside/connect_lock.py`. Without a connection only datagrams and TCP's fast open reach an address: sockets
of the internet that are not streams are not there, nor datagrams of AF_UNIX, alone or as a pair (one of a pair sends
to any path as well), and the flag that sends data along with a beginning connection is refused. Routing netlink leads
to the kernel alone. `bpf.py` leaves no other families, and no io_uring, which no filter sees.
"""

import errno

from tool_runtime.sandbox.filter.assembly import (
    ALLOW,
    AND,
    JSET,
    RET,
    USER_NOTIF,
    Architecture,
    Instruction,
    arg,
    deny,
    do,
    one_of,
    only_this,
    packed,
    this_machine,
    when,
)
from tool_runtime.sandbox.filter.bpf import AF_INET, AF_INET6, AF_UNIX, SOCK_STREAM, SOCK_TYPE_MASK

MSG_FASTOPEN = 0x20000000
SOCK_SEQPACKET = 5
_FLAGS_OF = {"sendto": 3, "sendmsg": 2, "sendmmsg": 3}
"""Which argument of a call has its flags."""


def instructions(architecture: Architecture) -> list[Instruction]:
    """The program for one architecture."""
    table = architecture.table
    program = [*only_this(architecture), *when(table["connect"], [do(RET, USER_NOTIF)])]
    program += when(table["socket"], _connected_only())
    program += when(table["socketpair"], _local())
    for name, flags in _FLAGS_OF.items():
        program += when(table[name], [arg(flags), do(JSET, MSG_FASTOPEN, 0, 1), deny(errno.EOPNOTSUPP), do(RET, ALLOW)])
    return [*program, do(RET, ALLOW)]


def program_bytes() -> bytes:
    """As the kernel reads it. Raises `KeyError` on an architecture without a table."""
    return packed(instructions(this_machine()))


def _connected_only() -> list[Instruction]:
    """Kinds that send nothing to an address of its own; the kernel takes SOCK_RAW of AF_UNIX for SOCK_DGRAM."""
    local = [arg(0), *one_of((AF_UNIX,), then=_local(), otherwise=[do(RET, ALLOW)])]
    return [arg(0), *one_of((AF_INET, AF_INET6), then=_of_kind(SOCK_STREAM), otherwise=local)]


def _local() -> list[Instruction]:
    return _of_kind(SOCK_STREAM, SOCK_SEQPACKET)


def _of_kind(*kinds: int) -> list[Instruction]:
    return [arg(1), do(AND, SOCK_TYPE_MASK), *one_of(kinds, then=[do(RET, ALLOW)], otherwise=[deny(errno.EACCES)])]
