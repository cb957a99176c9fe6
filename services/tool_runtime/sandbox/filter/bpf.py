"""The system call filter of a job, assembled by hand as classic BPF.

It lists what is denied and lets every other call through, where lists about money or access name what is allowed. A
job is any program with any library, and what these call changes with their versions and with the C library: a list of
what is allowed would refuse a call that nobody has tried here, in the middle of a tenant's program. And the walls do
not rest on this list. They are namespaces of the job's own, whose network is a loopback alone, no capabilities and no
way to new ones, no further user namespaces, a uid that is not root's, three sized mounts as the only places to write
to (`walls/bwrap_command.py`), limits of the kernel (`limits.py`) and a monitor that ends the job (`watch/`). A call
that a newer kernel brings passes the filter and meets those.

What is denied is what these leave open: new namespaces, mounts, tracing, kernel interfaces that often had
vulnerabilities, socket families that no network namespace isolates (AF_VSOCK reaches the hypervisor), memory that a
monitor cannot see. `tests/adversarial/tool_runtime/` tries to get through from inside.

Order of the program: foreign architecture and x32 → kill; argument rules; lists; allow. Each call has its own block,
`JEQ nr → body` whose paths all return, so every jump stays short.
"""

import errno
from collections.abc import Callable

from tool_runtime.sandbox.filter.assembly import (
    ALLOW,
    AND,
    ARCHITECTURES,
    JSET,
    RET,
    Architecture,
    Instruction,
    any_bit,
    arg,
    deny,
    do,
    one_of,
    only_this,
    packed,
    this_machine,
    when,
)

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


def _socket() -> list[Instruction]:
    """Unix, plain TCP and UDP, and routing netlink (Node and Chromium list interfaces); else EAFNOSUPPORT.

    SCTP is out because its connectx would pass by a lock on connect(), ICMP and raw because nothing needs them.
    """
    allow, refuse = [do(RET, ALLOW)], [deny(errno.EAFNOSUPPORT)]
    protocol = [arg(2), *one_of(IP_PROTOCOLS, then=allow, otherwise=refuse)]
    internet = [
        arg(1),
        do(AND, SOCK_TYPE_MASK),
        *one_of((SOCK_STREAM, SOCK_DGRAM), then=protocol, otherwise=refuse),
    ]
    netlink = [arg(2), *one_of((0,), then=allow, otherwise=refuse)]
    families = one_of((AF_NETLINK,), then=netlink, otherwise=refuse)
    families = [arg(0), *one_of((AF_INET, AF_INET6), then=internet, otherwise=[arg(0), *families])]
    return [arg(0), *one_of((AF_UNIX,), then=allow, otherwise=families)]


def _socketpair() -> list[Instruction]:
    return [arg(0), *one_of((AF_UNIX,), then=[do(RET, ALLOW)], otherwise=[deny(errno.EAFNOSUPPORT)])]


def _ioctl() -> list[Instruction]:
    return [arg(1), *one_of((TIOCSTI, TIOCLINUX), then=[deny(errno.EPERM)], otherwise=[do(RET, ALLOW)])]


def _personality() -> list[Instruction]:
    return [arg(0), *one_of((0, 0xFFFFFFFF), then=[do(RET, ALLOW)], otherwise=[deny(errno.EPERM)])]


def _setsockopt() -> list[Instruction]:
    """Buffer sizes are pretended to be set: a socket's kernel memory stays at the default."""
    pretend = [arg(2), *one_of(BUFFER_OPTIONS, then=[deny(0)], otherwise=[do(RET, ALLOW)])]
    return [arg(1), *one_of((SOL_SOCKET,), then=pretend, otherwise=[do(RET, ALLOW)])]


def _prlimit() -> list[Instruction]:
    return [arg(0), *one_of((0,), then=[do(RET, ALLOW)], otherwise=[deny(errno.EPERM)])]


def _clone() -> list[Instruction]:
    """No new namespaces, and no threads with descriptors of their own: those of a process are counted in one place."""
    thread = [do(AND, CLONE_FILES | CLONE_THREAD), *one_of((CLONE_THREAD,), then=[deny(errno.EPERM)], otherwise=[])]
    return [arg(0), do(JSET, CLONE_NEW_ANYTHING, 0, 1), deny(errno.EPERM), *thread, do(RET, ALLOW)]


def _fcntl() -> list[Instruction]:
    """Pipes are pretended to grow. Locks of open files are listed without an owner, so they are not there."""
    pretend = [arg(1), *one_of((F_SETPIPE_SZ,), then=[deny(0)], otherwise=[do(RET, ALLOW)])]
    return [arg(1), *one_of(F_OFD_LOCKS, then=[deny(errno.EINVAL)], otherwise=pretend)]


def _prctl() -> list[Instruction]:
    """A filter of the job's own would be memory that nobody counts."""
    return [arg(0), *one_of((PR_SET_SECCOMP,), then=[deny(errno.EINVAL)], otherwise=[do(RET, ALLOW)])]


def _mmap() -> list[Instruction]:
    """Refuses anonymous shared memory, for machines where the monitor cannot measure it."""
    both = MAP_SHARED | MAP_ANONYMOUS
    return [arg(3), do(AND, both), *one_of((both,), then=[deny(errno.ENOMEM)], otherwise=[do(RET, ALLOW)])]


_JUDGED: dict[str, Callable[[], list[Instruction]]] = {
    "clone": _clone,
    "fcntl": _fcntl,
    "prctl": _prctl,
    "socket": _socket,
    "socketpair": _socketpair,
    "ioctl": _ioctl,
    "personality": _personality,
    "mknod": lambda: any_bit(1, DEVICE_NODE),
    "mknodat": lambda: any_bit(2, DEVICE_NODE),
    "setsockopt": _setsockopt,
    "prlimit64": _prlimit,
}


def instructions(architecture: Architecture, *, shared_memory: bool) -> list[Instruction]:
    """The program for one architecture; `shared_memory` allows memory that has no name and several users."""
    program = only_this(architecture)
    judged = _JUDGED if shared_memory else _JUDGED | {"mmap": _mmap}
    for name, body in judged.items():
        if name in architecture.table:
            program += when(architecture.table[name], body())
    for names, error in ((NOT_THERE, errno.ENOSYS), (NOT_SUPPORTED, errno.EOPNOTSUPP), (FORBIDDEN, errno.EPERM)):
        for name in names:
            if name in architecture.table:
                program += when(architecture.table[name], [deny(error)])
    return [*program, do(RET, ALLOW)]


def program_bytes(machine: str | None = None, *, shared_memory: bool) -> bytes:
    """The program as the kernel reads it (`struct sock_filter[]`), for this machine unless told otherwise.

    Raises `KeyError` on an architecture without a table: no filter, no execution.
    """
    architecture = ARCHITECTURES[machine] if machine else this_machine()
    return packed(instructions(architecture, shared_memory=shared_memory))
