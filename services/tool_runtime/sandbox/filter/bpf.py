"""The system call filter of a job, assembled by hand as classic BPF.

It lists what is denied and lets every other call through, where lists about money or access name what is allowed. A
job is any program with any library, and what these call changes with their versions and with the C library: a list of
what is allowed would refuse a call that nobody has tried here, in the middle of a tenant's program. And the walls do
not rest on this list. They are namespaces of the job's own, whose network is a loopback alone, no capabilities and no
way to new ones, no further user namespaces, a uid that is not root's, three sized mounts as the only places to write
to (`bwrap.py`), limits of the kernel (`limits.py`) and a monitor that ends the job (`watch/`). A call that a newer
kernel brings passes the filter and meets those.

What is denied is what these leave open: new namespaces, mounts, tracing, kernel interfaces that often had
vulnerabilities, socket families that no network namespace isolates (AF_VSOCK reaches the hypervisor), memory that a
monitor cannot see. `tests/adversarial/tool_runtime/` tries to get through from inside.

Order of the program: foreign architecture and x32 → kill; argument rules; lists; allow. Each call has its own block,
`JEQ nr → body` whose paths all return, so every jump stays short.
"""

import errno
import platform
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tool_runtime.sandbox.filter.syscalls import AARCH64, X86_64

LD, JEQ, JGE, JSET, AND, RET = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
ALLOW, KILL_PROCESS, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
OFFSET_NR, OFFSET_ARCH, OFFSET_ARGS = 0, 4, 16
X32_BIT = 0x40000000

CLONE_NEW_ANYTHING = 0x7E020000  # NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
CLONE_FILES, CLONE_THREAD = 0x400, 0x10000
MAP_SHARED, MAP_ANONYMOUS = 0x1, 0x20
F_OFD_LOCKS, F_SETPIPE_SZ = (37, 38), 1031
PR_SET_SECCOMP = 22
TIOCSTI, TIOCLINUX = 0x5412, 0x541C
DEVICE_NODE = 0x2000  # set in S_IFCHR as well as in S_IFBLK, not in a fifo, a file or a socket
SOL_SOCKET, BUFFER_OPTIONS = 1, (7, 8, 32, 33)  # SO_SNDBUF, SO_RCVBUF, SO_SNDBUFFORCE, SO_RCVBUFFORCE
AF_UNIX, AF_INET, AF_INET6, AF_NETLINK = 1, 2, 10, 16
SOCK_STREAM, SOCK_DGRAM, SOCK_TYPE_MASK = 1, 2, 0xF
IP_PROTOCOLS = (0, 6, 17)  # default, TCP, UDP

# Callers fall back when these are unknown to the kernel. The slots of io_setup are one pool for the whole machine.
# What inotify queues and what Landlock's rules take is counted nowhere; nobody needs them here.
NOT_THERE = (
    *("io_uring_setup", "io_uring_enter", "io_uring_register", "io_setup", "clone3"),
    *("inotify_init", "inotify_init1"),
    *("landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"),
)
# Access lists and attributes of files are kernel memory beside the files, up to 64 KiB for each name.
NOT_SUPPORTED = ("setxattr", "lsetxattr", "fsetxattr", "setxattrat")

_FORBIDDEN = """
mount umount2 pivot_root chroot move_mount open_tree open_tree_attr fsopen fsconfig fsmount fspick mount_setattr
setns unshare ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_getfd bpf perf_event_open
userfaultfd keyctl add_key request_key kexec_load kexec_file_load init_module finit_module delete_module
create_module query_module get_kernel_syms nfsservctl _sysctl sysfs ustat acct swapon swapoff reboot syslog
quotactl quotactl_fd settimeofday clock_settime clock_adjtime adjtimex vhangup iopl ioperm modify_ldt
name_to_handle_at open_by_handle_at fanotify_init fanotify_mark lookup_dcookie mbind set_mempolicy migrate_pages
move_pages set_mempolicy_home_node sethostname setdomainname vmsplice shmget shmat shmctl msgget msgsnd msgrcv
msgctl mq_open semget memfd_secret memfd_create sched_setaffinity setpriority sched_setscheduler sched_setparam
sched_setattr ioprio_set uselib remap_file_pages seccomp
"""
FORBIDDEN = tuple(_FORBIDDEN.split())


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


def _do(code: int, value: int, if_true: int = 0, if_false: int = 0) -> Instruction:
    return (code, if_true, if_false, value)


def _deny(number: int) -> Instruction:
    return _do(RET, ERRNO | number)


def _arg(index: int) -> Instruction:
    """Load the low word of an argument; every argument judged here is an int for the kernel as well."""
    return _do(LD, OFFSET_ARGS + 8 * index)


def _any_bit(index: int, mask: int) -> list[Instruction]:
    return [_arg(index), _do(JSET, mask, 0, 1), _deny(errno.EPERM), _do(RET, ALLOW)]


def _one_of(values: Sequence[int], *, then: list[Instruction], otherwise: list[Instruction]) -> list[Instruction]:
    """`then` when the loaded word is one of the values, else `otherwise`; both end in a return."""
    last = len(values) - 1
    tests = [_do(JEQ, value, last - i, 0 if i < last else len(then)) for i, value in enumerate(values)]
    return [*tests, *then, *otherwise]


def _socket() -> list[Instruction]:
    """Unix, plain TCP and UDP, and routing netlink (Node and Chromium list interfaces); else EAFNOSUPPORT.

    SCTP is out because its connectx would pass by a lock on connect(), ICMP and raw because nothing needs them.
    """
    allow, refuse = [_do(RET, ALLOW)], [_deny(errno.EAFNOSUPPORT)]
    protocol = [_arg(2), *_one_of(IP_PROTOCOLS, then=allow, otherwise=refuse)]
    internet = [
        _arg(1),
        _do(AND, SOCK_TYPE_MASK),
        *_one_of((SOCK_STREAM, SOCK_DGRAM), then=protocol, otherwise=refuse),
    ]
    netlink = [_arg(2), *_one_of((0,), then=allow, otherwise=refuse)]
    families = _one_of((AF_NETLINK,), then=netlink, otherwise=refuse)
    families = [_arg(0), *_one_of((AF_INET, AF_INET6), then=internet, otherwise=[_arg(0), *families])]
    return [_arg(0), *_one_of((AF_UNIX,), then=allow, otherwise=families)]


def _socketpair() -> list[Instruction]:
    return [_arg(0), *_one_of((AF_UNIX,), then=[_do(RET, ALLOW)], otherwise=[_deny(errno.EAFNOSUPPORT)])]


def _ioctl() -> list[Instruction]:
    return [_arg(1), *_one_of((TIOCSTI, TIOCLINUX), then=[_deny(errno.EPERM)], otherwise=[_do(RET, ALLOW)])]


def _personality() -> list[Instruction]:
    return [_arg(0), *_one_of((0, 0xFFFFFFFF), then=[_do(RET, ALLOW)], otherwise=[_deny(errno.EPERM)])]


def _setsockopt() -> list[Instruction]:
    """Buffer sizes are pretended to be set: a socket's kernel memory stays at the default."""
    pretend = [_arg(2), *_one_of(BUFFER_OPTIONS, then=[_deny(0)], otherwise=[_do(RET, ALLOW)])]
    return [_arg(1), *_one_of((SOL_SOCKET,), then=pretend, otherwise=[_do(RET, ALLOW)])]


def _prlimit() -> list[Instruction]:
    return [_arg(0), *_one_of((0,), then=[_do(RET, ALLOW)], otherwise=[_deny(errno.EPERM)])]


def _clone() -> list[Instruction]:
    """No new namespaces, and no threads with descriptors of their own: those of a process are counted in one place."""
    thread = [_do(AND, CLONE_FILES | CLONE_THREAD), *_one_of((CLONE_THREAD,), then=[_deny(errno.EPERM)], otherwise=[])]
    return [_arg(0), _do(JSET, CLONE_NEW_ANYTHING, 0, 1), _deny(errno.EPERM), *thread, _do(RET, ALLOW)]


def _fcntl() -> list[Instruction]:
    """Pipes are pretended to grow. Locks of open files are listed without an owner, so they are not there."""
    pretend = [_arg(1), *_one_of((F_SETPIPE_SZ,), then=[_deny(0)], otherwise=[_do(RET, ALLOW)])]
    return [_arg(1), *_one_of(F_OFD_LOCKS, then=[_deny(errno.EINVAL)], otherwise=pretend)]


def _prctl() -> list[Instruction]:
    """A filter of the job's own would be memory that nobody counts."""
    return [_arg(0), *_one_of((PR_SET_SECCOMP,), then=[_deny(errno.EINVAL)], otherwise=[_do(RET, ALLOW)])]


def _mmap() -> list[Instruction]:
    """Refuses anonymous shared memory, for machines where the monitor cannot measure it."""
    both = MAP_SHARED | MAP_ANONYMOUS
    return [_arg(3), _do(AND, both), *_one_of((both,), then=[_deny(errno.ENOMEM)], otherwise=[_do(RET, ALLOW)])]


_JUDGED: dict[str, Callable[[], list[Instruction]]] = {
    "clone": _clone,
    "fcntl": _fcntl,
    "prctl": _prctl,
    "socket": _socket,
    "socketpair": _socketpair,
    "ioctl": _ioctl,
    "personality": _personality,
    "mknod": lambda: _any_bit(1, DEVICE_NODE),
    "mknodat": lambda: _any_bit(2, DEVICE_NODE),
    "setsockopt": _setsockopt,
    "prlimit64": _prlimit,
}


def instructions(architecture: Architecture, *, shared_memory: bool) -> list[Instruction]:
    """The program for one architecture; `shared_memory` allows memory that has no name and several users."""
    program = [_do(LD, OFFSET_ARCH), _do(JEQ, architecture.audit, 1, 0), _do(RET, KILL_PROCESS), _do(LD, OFFSET_NR)]
    if architecture.has_x32:
        program += [_do(JGE, X32_BIT, 0, 1), _do(RET, KILL_PROCESS)]
    judged = _JUDGED if shared_memory else _JUDGED | {"mmap": _mmap}
    for name, body in judged.items():
        if name in architecture.table:
            block = body()
            program += [_do(JEQ, architecture.table[name], 0, len(block)), *block]
    for names, error in ((NOT_THERE, errno.ENOSYS), (NOT_SUPPORTED, errno.EOPNOTSUPP), (FORBIDDEN, errno.EPERM)):
        for name in names:
            if name in architecture.table:
                program += [_do(JEQ, architecture.table[name], 0, 1), _deny(error)]
    return [*program, _do(RET, ALLOW)]


def program_bytes(machine: str | None = None, *, shared_memory: bool) -> bytes:
    """The program as the kernel reads it (`struct sock_filter[]`), for this machine unless told otherwise.

    Raises `KeyError` on an architecture without a table: no filter, no execution.
    """
    architecture = ARCHITECTURES[machine or platform.machine()]
    return b"".join(
        struct.pack("<HBBI", code, yes, no, value)
        for code, yes, no, value in instructions(architecture, shared_memory=shared_memory)
    )
