"""What must hold in a Fargate task before anything runs in it: its walls are given by the platform, not built here.

Each is named by what is wrong, so that who wrote the task definition can put it right. The task definition that has
all of it is in `infra/`.
"""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from foundation.domain.errors import SandboxUnavailable
from tool_runtime.sandbox.profiles import OURS, Profile

METADATA = "ECS_CONTAINER_METADATA_URI_V4"
CREDENTIALS = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_ACCESS_KEY_ID")
CAPABILITIES = {"KILL": 5, "SETGID": 6, "SETUID": 7}
"""What the runner needs to be another user than its job, by the kernel's numbers; of all others it must have none."""
_BOUND = re.compile(r"^CapBnd:\t([0-9a-f]+)$", re.MULTILINE)
_OWNER = re.compile(r"^Uid:\t(\d+)\t(\d+)\t(\d+)\t(\d+)$", re.MULTILINE)


def refuse_other_places(profile: Profile, uid: int, environment: Mapping[str, str]) -> None:
    """Raises `SandboxUnavailable` with everything that is wrong."""
    if found := list(_wrong(profile, uid, environment)):
        raise SandboxUnavailable(
            f"This is no task that a job may run in: {'; '.join(found)}.",
            remedy="Start runners by the launcher, from the task definition that the stack has.",
        )


def _wrong(profile: Profile, uid: int, environment: Mapping[str, str]) -> Iterator[str]:
    if METADATA not in environment:
        yield f"it is not on Fargate ({METADATA} is not set)"
    for name in CREDENTIALS:
        if environment.get(name):
            yield f"it has credentials of AWS ({name}), which a job could come by"
    if os.geteuid() != 0:
        yield "the runner is not root, so that it cannot be another user than its job"
    if excess := _capabilities() & ~sum(1 << number for number in CAPABILITIES.values()):
        yield f"it keeps capabilities beyond {', '.join(sorted(CAPABILITIES))} (0x{excess:x})"
    if not os.statvfs("/").f_flag & os.ST_RDONLY:
        yield "its root is writable"
    yield from _wrong_mounts(profile)
    for path in (OURS, *(mount.target for mount in profile.mounts if not mount.is_optional)):
        if not Path(path).is_dir():
            yield f"its image lacks {path}"
    if left := [pid for pid, owners in processes() if uid in owners]:
        yield f"processes of uid {uid} are there already ({left})"


def _wrong_mounts(profile: Profile) -> Iterator[str]:
    kinds = _mounts()
    for path, most in profile.tmpfs.items():
        if kinds.get(path) != "tmpfs":
            yield f"{path} is not in memory"
            continue
        size = os.statvfs(path)
        if size.f_blocks * size.f_frsize > most or size.f_blocks == 0:
            yield f"{path} may hold more than {most} bytes"


def _capabilities() -> int:
    found = _BOUND.search(Path("/proc/self/status").read_text())
    return int(found[1], 16) if found else ~0


def _mounts() -> dict[str, str]:
    """What kind of file system is mounted where; the last one counts."""
    return {line.split()[1]: line.split()[2] for line in Path("/proc/self/mounts").read_text().splitlines()}


def processes() -> Iterator[tuple[int, frozenset[int]]]:
    """Each process of this task with its real, effective, saved and file system's uid."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                found = _OWNER.search((entry / "status").read_text())
            except (FileNotFoundError, ProcessLookupError):
                continue
            if found:
                yield int(entry.name), frozenset(map(int, found.groups()))
