"""The command that builds a crew's walls: namespaces of its own, nothing of ours but its program, nothing to write."""

import sys
from pathlib import Path

from orchestrator.clients.crew_program.walls import ENVIRONMENT, HOME, PROGRAM, CrewWalls, command

WALLS = CrewWalls(
    bwrap="/usr/bin/bwrap", python=Path(sys.executable), services=Path("/srv/services"), fd=7, memory_bytes=9
)


def pairs(name: str, count: int) -> list[list[str]]:
    words = command(WALLS)
    return [words[at + 1 : at + 1 + count] for at, word in enumerate(words) if word == name]


def test_every_namespace_is_its_own_and_none_can_be_made_inside() -> None:
    words = command(WALLS)
    assert words[0] == "/usr/bin/bwrap"
    for kind in ("user", "pid", "net", "ipc", "uts", "cgroup"):
        assert f"--unshare-{kind}" in words
    assert {"--disable-userns", "--die-with-parent", "--new-session", "--clearenv"} < set(words)
    assert (pairs("--uid", 1), pairs("--gid", 1), pairs("--cap-drop", 1)) == ([["1000"]], [["1000"]], [["ALL"]])


def test_only_the_interpreter_its_packages_and_the_program_are_seen_and_nothing_of_them_is_written() -> None:
    seen = [source for source, _ in pairs("--ro-bind", 2)]
    interpreter, environment = Path(sys.executable).resolve().parent.parent, Path(sys.executable).parent.parent
    assert seen == ["/usr", str(interpreter), str(environment), "/srv/services/orchestrator"]
    assert pairs("--bind", 2) == []
    assert pairs("--tmpfs", 1) == [[HOME]]
    assert pairs("--remount-ro", 1) == [["/"]]


def test_its_environment_is_what_is_listed() -> None:
    assert pairs("--setenv", 2) == [list(one) for one in ENVIRONMENT.items()]


def test_the_program_is_told_its_channel_and_its_memory() -> None:
    words = command(WALLS)
    assert words[words.index("--") + 1 :] == [sys.executable, "-P", "-s", "-m", PROGRAM, "7", "9"]
