"""The exact command that builds the walls.

The order matters: `/` and `/dev` are remounted read-only after everything is in place, or both would be writable
memory without a size.
"""

from dataclasses import dataclass
from pathlib import Path

INTERPRETER = "/usr/bin/python3"
MIB = 1024 * 1024
FONTS = "/tmp/matplotlib"  # noqa: S108  (inside the sandbox)

# What one writable mount may hold; all of it counts as the job's memory.
TMPFS = {"/dev/shm": 64 * MIB, "/tmp": 256 * MIB, "/work": 256 * MIB}  # noqa: S108  (mounts inside the sandbox)


@dataclass(frozen=True, slots=True)
class Walls:
    """What a sandbox is built from: the program, the assets, and the descriptors that it inherits."""

    bwrap: str
    runtime: Path
    site: Path
    font_list: Path | None
    control_fd: int
    filter_fd: int
    info_fd: int


def command(walls: Walls) -> list[str]:
    """The argument list, for a process that already has the job's uid."""
    return [
        walls.bwrap,
        *_namespaces(),
        *_system(walls),
        *_writable(walls.font_list),
        *("--remount-ro", "/", "--chdir", "/work"),
        *("--seccomp", str(walls.filter_fd), "--info-fd", str(walls.info_fd)),
        *("--setenv", "PYTHONPATH", "/run/sbx", "--"),
        *(INTERPRETER, "-S", "-s", "-c", f"from tool_runtime.sandbox.init import main; main({walls.control_fd})"),
    ]


def _namespaces() -> list[str]:
    kinds = ("user", "pid", "net", "ipc", "uts", "cgroup")
    return [
        *(f"--unshare-{kind}" for kind in kinds),
        *("--disable-userns", "--uid", "1000", "--gid", "1000", "--hostname", "sandbox"),
        *("--die-with-parent", "--new-session", "--as-pid-1", "--cap-drop", "ALL", "--clearenv"),
    ]


def _system(walls: Walls) -> list[str]:
    """The system read-only, and an `/etc` of our own; optional are only the parts that some systems lack."""
    etc = walls.runtime / "etc"
    return [
        *("--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib"),
        *("--symlink", "usr/lib64", "/lib64", "--dir", "/etc"),
        *("--ro-bind-try", "/etc/ssl/certs", "/etc/ssl/certs", "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"),
        *("--ro-bind-try", "/etc/alternatives", "/etc/alternatives"),
        *("--ro-bind", str(etc / "passwd"), "/etc/passwd", "--ro-bind", str(etc / "hosts"), "/etc/hosts"),
        *("--ro-bind", str(etc / "nsswitch.conf"), "/etc/nsswitch.conf"),
        *("--tmpfs", "/usr/local", "--remount-ro", "/usr/local"),
        *("--ro-bind", str(walls.site), "/opt/site"),
        *("--dir", "/run", "--ro-bind", str(walls.runtime / "init"), "/run/sbx"),
    ]


def _writable(font_list: Path | None) -> list[str]:
    shm, tmp, work = (str(TMPFS[path]) for path in ("/dev/shm", "/tmp", "/work"))  # noqa: S108
    return [
        # /dev/full reads as zeros like /dev/zero, but cannot be mapped to become memory without a name.
        *("--proc", "/proc", "--dev", "/dev", "--dev-bind", "/dev/full", "/dev/zero"),
        *("--size", shm, "--tmpfs", "/dev/shm", "--remount-ro", "/dev"),  # noqa: S108
        *("--size", tmp, "--tmpfs", "/tmp", "--size", work, "--tmpfs", "/work"),  # noqa: S108
        *("--dir", FONTS),
        *(("--ro-bind", str(font_list), f"{FONTS}/{font_list.name}") if font_list else ()),
    ]
