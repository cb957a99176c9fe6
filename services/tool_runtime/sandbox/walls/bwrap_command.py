"""The exact command that builds the walls.

The order matters: `/` and `/dev` are remounted read-only after everything is in place, or both would be writable
memory without a size.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tool_runtime.sandbox.profiles import FONTS, OURS, Mount, Profile, our_python

_FIRST = "from tool_runtime.sandbox.inside.init import main"


@dataclass(frozen=True, slots=True)
class Walls:
    """What a sandbox is built from: the program, its kind, the assets, and the descriptors that it inherits."""

    bwrap: str
    profile: Profile
    root: Path
    """Where on the host the profile's mounts lie."""
    runtime: Path
    fonts: tuple[Path, ...]
    """Files of matplotlib's own, made ahead."""
    control_fd: int
    filter_fd: int
    info_fd: int


def command(walls: Walls) -> list[str]:
    """The argument list, for a process that already has the job's uid."""
    return [
        walls.bwrap,
        *_namespaces(),
        *_system(walls),
        *_writable(walls),
        *("--remount-ro", "/", "--chdir", "/work"),
        *("--seccomp", str(walls.filter_fd), "--info-fd", str(walls.info_fd)),
        *("--", *our_python(f"{_FIRST}; main({walls.control_fd})")),
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
        *_read_only((etc / name, f"/etc/{name}") for name in walls.profile.etc),
        *("--tmpfs", "/usr/local", "--remount-ro", "/usr/local"),
        *(word for mount in walls.profile.mounts for word in _mounted(walls.root, mount)),
        *("--dir", "/run", "--ro-bind", str(walls.runtime / "init"), OURS),
    ]


def _writable(walls: Walls) -> list[str]:
    shm, tmp, work = (str(walls.profile.tmpfs[path]) for path in ("/dev/shm", "/tmp", "/work"))  # noqa: S108
    return [
        # /dev/full reads as zeros like /dev/zero, but cannot be mapped to become memory without a name.
        *("--proc", "/proc", "--dev", "/dev", "--dev-bind", "/dev/full", "/dev/zero"),
        *("--size", shm, "--tmpfs", "/dev/shm", "--remount-ro", "/dev"),  # noqa: S108
        *("--size", tmp, "--tmpfs", "/tmp", "--size", work, "--tmpfs", "/work"),  # noqa: S108
        *(("--dir", FONTS) if walls.fonts else ()),
        *_read_only((file, f"{FONTS}/{file.name}") for file in walls.fonts),
    ]


def _mounted(root: Path, mount: Mount) -> tuple[str, str, str]:
    return ("--ro-bind-try" if mount.is_optional else "--ro-bind", str(root / mount.source), mount.target)


def _read_only(mounts: Iterable[tuple[Path, str]]) -> list[str]:
    return [word for source, target in mounts for word in ("--ro-bind", str(source), target)]
