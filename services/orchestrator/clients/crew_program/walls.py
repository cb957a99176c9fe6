"""The command that starts the program of a crew between walls: what it sees of this machine, and what it may use.

It runs CrewAI, which needs no network, no file of ours but its own program, and no credential: whatever it wants to
have done, it asks its worker for. So it gets a network of its own without any interface up, an environment of its own,
its packages and the system read-only, and a small folder in memory that is gone with it.
"""

from dataclasses import dataclass
from pathlib import Path

MIB = 1024 * 1024
HOME = "/tmp"  # noqa: S108 - a mount of its own
HOME_BYTES = 64 * MIB
SERVICES = "/run/services"
PROGRAM = "orchestrator.engines.crew.program"

ENVIRONMENT = {
    "HOME": HOME,
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "PYTHONPATH": SERVICES,
    # A crew that is played again must ask the same questions, so nothing may depend on a set's order.
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    # CrewAI's own telemetry, traces and look for a newer version. Ours are the worker's, around each call.
    "CREWAI_DISABLE_TELEMETRY": "true",
    "CREWAI_DISABLE_TRACKING": "true",
    "CREWAI_DISABLE_VERSION_CHECK": "true",
    "CREWAI_TRACING_ENABLED": "false",
    "CREWAI_TESTING": "true",
    "CREWAI_STORAGE_DIR": HOME,
    "OTEL_SDK_DISABLED": "true",
}
"""All that the program has in its environment. `CREWAI_TESTING` keeps it from asking whether traces may be sent."""


@dataclass(frozen=True, slots=True)
class CrewWalls:
    """What the program is started with: bubblewrap, the interpreter of its packages, its socket, and its memory."""

    bwrap: str
    python: Path
    services: Path
    """The folder in which our own packages lie."""
    fd: int
    memory_bytes: int


def command(walls: CrewWalls) -> list[str]:
    return [
        walls.bwrap,
        *_namespaces(),
        *_files(walls),
        *(part for name, value in ENVIRONMENT.items() for part in ("--setenv", name, value)),
        *("--chdir", HOME, "--"),
        *(str(walls.python), "-P", "-s", "-m", PROGRAM, str(walls.fd), str(walls.memory_bytes)),
    ]


def _namespaces() -> list[str]:
    kinds = ("user", "pid", "net", "ipc", "uts", "cgroup")
    return [
        *(f"--unshare-{kind}" for kind in kinds),
        *("--disable-userns", "--uid", "1000", "--gid", "1000", "--hostname", "crew"),
        *("--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"),
    ]


def _files(walls: CrewWalls) -> list[str]:
    """Mounts that come later may lie in those before: an environment somewhere below /tmp is still found."""
    environment = walls.python.parent.parent
    interpreter = walls.python.resolve().parent.parent
    return [
        *("--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib"),
        *("--symlink", "usr/lib64", "/lib64", "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"),
        *("--proc", "/proc", "--dev", "/dev", "--size", str(HOME_BYTES), "--tmpfs", HOME),
        *("--ro-bind", str(interpreter), str(interpreter), "--ro-bind", str(environment), str(environment)),
        *("--ro-bind", str(walls.services / "orchestrator"), f"{SERVICES}/orchestrator"),
        *("--remount-ro", "/"),
    ]
