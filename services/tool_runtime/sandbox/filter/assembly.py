"""Classic BPF for system calls, put together by hand: what filters are made of."""

import errno
import platform
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tool_runtime.sandbox.filter.syscalls import AARCH64, X86_64

LD, JEQ, JGE, JSET, AND, RET = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
ALLOW, KILL_PROCESS, ERRNO, USER_NOTIF = 0x7FFF0000, 0x80000000, 0x00050000, 0x7FC00000
OFFSET_NR, OFFSET_ARCH, OFFSET_ARGS = 0, 4, 16
X32_BIT = 0x40000000


@dataclass(frozen=True, slots=True)
class Architecture:
    """What differs between machines: the audit number, the call table, and whether x32 numbers exist."""

    audit: int
    table: dict[str, int]
    has_x32: bool


ARCHITECTURES = {
    "x86_64": Architecture(audit=0xC000003E, table=X86_64, has_x32=True),
    "aarch64": Architecture(audit=0xC00000B7, table=AARCH64, has_x32=False),
}

Instruction: TypeAlias = tuple[int, int, int, int]  # code, jump if true, jump if false, value


def do(code: int, value: int, if_true: int = 0, if_false: int = 0) -> Instruction:
    return (code, if_true, if_false, value)


def deny(number: int) -> Instruction:
    return do(RET, ERRNO | number)


def arg(index: int) -> Instruction:
    """Load the low word of an argument; every argument judged here is an int for the kernel as well."""
    return do(LD, OFFSET_ARGS + 8 * index)


def any_bit(index: int, mask: int) -> list[Instruction]:
    return [arg(index), do(JSET, mask, 0, 1), deny(errno.EPERM), do(RET, ALLOW)]


def one_of(values: Sequence[int], *, then: list[Instruction], otherwise: list[Instruction]) -> list[Instruction]:
    """`then` when the loaded word is one of the values, else `otherwise`; both end in a return."""
    last = len(values) - 1
    tests = [do(JEQ, value, last - i, 0 if i < last else len(then)) for i, value in enumerate(values)]
    return [*tests, *then, *otherwise]


def only_this(architecture: Architecture) -> list[Instruction]:
    """The beginning of each program: calls of another architecture end the process; then the number is loaded."""
    program = [do(LD, OFFSET_ARCH), do(JEQ, architecture.audit, 1, 0), do(RET, KILL_PROCESS), do(LD, OFFSET_NR)]
    return [*program, do(JGE, X32_BIT, 0, 1), do(RET, KILL_PROCESS)] if architecture.has_x32 else program


def when(number: int, block: Sequence[Instruction]) -> list[Instruction]:
    """The block where the loaded number is this one; each path of the block returns."""
    return [do(JEQ, number, 0, len(block)), *block]


def this_machine() -> Architecture:
    """Raises `KeyError` on an architecture without a table: no filter, no execution."""
    return ARCHITECTURES[platform.machine()]


def packed(program: Iterable[Instruction]) -> bytes:
    """As the kernel reads it: `struct sock_filter[]`."""
    return b"".join(struct.pack("<HBBI", code, yes, no, value) for code, yes, no, value in program)
