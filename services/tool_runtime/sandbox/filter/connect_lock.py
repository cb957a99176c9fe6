"""The filter of a job that has no network of its own: it asks before each connection, and sends nothing without one.

A second program beside that of `bpf.py`; the kernel takes the stricter answer of the two. What it hands over is
answered by `inside/connect_lock.py`. Without a connection only datagrams and TCP's fast open reach an address: sockets
of the internet that are not streams are not there, and the flag that sends data along with a beginning connection is
refused. `bpf.py` leaves no other families, and no io_uring, which no filter sees.
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
from tool_runtime.sandbox.filter.bpf import AF_INET, AF_INET6, SOCK_STREAM, SOCK_TYPE_MASK

MSG_FASTOPEN = 0x20000000
_FLAGS_OF = {"sendto": 3, "sendmsg": 2, "sendmmsg": 3}
"""Which argument of a call has its flags."""


def instructions(architecture: Architecture) -> list[Instruction]:
    """The program for one architecture."""
    table = architecture.table
    program = [*only_this(architecture), *when(table["connect"], [do(RET, USER_NOTIF)])]
    program += when(table["socket"], _streams_only())
    for name, flags in _FLAGS_OF.items():
        program += when(table[name], [arg(flags), do(JSET, MSG_FASTOPEN, 0, 1), deny(errno.EOPNOTSUPP), do(RET, ALLOW)])
    return [*program, do(RET, ALLOW)]


def program_bytes() -> bytes:
    """As the kernel reads it. Raises `KeyError` on an architecture without a table."""
    return packed(instructions(this_machine()))


def _streams_only() -> list[Instruction]:
    allow, refuse = [do(RET, ALLOW)], [deny(errno.EACCES)]
    streams = [arg(1), do(AND, SOCK_TYPE_MASK), *one_of((SOCK_STREAM,), then=allow, otherwise=refuse)]
    return [arg(0), *one_of((AF_INET, AF_INET6), then=streams, otherwise=allow)]
