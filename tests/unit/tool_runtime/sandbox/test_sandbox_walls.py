"""The command that builds the walls: order is part of it."""

from pathlib import Path

from foundation.domain.tools import SandboxProfile
from tool_runtime.sandbox.profiles import PROFILES
from tool_runtime.sandbox.walls.bwrap_command import Walls, command

PYTHON = PROFILES[SandboxProfile.PYTHON]
WALLS = Walls("/usr/bin/bwrap", PYTHON, Path("/s"), Path("/r"), (), control_fd=7, filter_fd=8, info_fd=9)


def positions(*words: str) -> list[int]:
    line = " ".join(command(WALLS))
    return [line.index(word) for word in words]


def test_every_namespace_is_its_own_and_no_further_one_can_be_made() -> None:
    arguments = command(WALLS)
    kinds = ("user", "pid", "net", "ipc", "uts", "cgroup")
    assert {f"--unshare-{kind}" for kind in kinds} | {"--disable-userns", "--die-with-parent"} <= set(arguments)


def test_the_root_is_closed_after_everything_is_mounted() -> None:
    order = positions(
        "--tmpfs /usr/local", "--remount-ro /usr/local", "--tmpfs /work", "--remount-ro / ", "--seccomp 8"
    )
    assert order == sorted(order)


def test_shared_memory_is_mounted_before_dev_is_closed() -> None:
    order = positions("--dev /dev", "--tmpfs /dev/shm", "--remount-ro /dev")
    assert order == sorted(order)


def test_every_writable_mount_has_a_size() -> None:
    arguments = command(WALLS)
    mounts = [at for at, word in enumerate(arguments) if word == "--tmpfs" and arguments[at + 1] != "/usr/local"]
    assert [arguments[at + 1] for at in mounts] == ["/dev/shm", "/tmp", "/work"]
    assert all(arguments[at - 2] == "--size" and int(arguments[at - 1]) > 0 for at in mounts)


def test_the_environment_is_empty() -> None:
    arguments = command(WALLS)
    assert "--clearenv" in arguments
    assert "--setenv" not in arguments
