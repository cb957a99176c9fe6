"""Which parts of the host a sandbox sees, and the kernel's limits of each process, to the byte."""

from dataclasses import replace
from pathlib import Path

from foundation.contracts.tool_job import JobLimits
from foundation.domain.tools import SandboxProfile
from tool_runtime.sandbox.limits import rlimits
from tool_runtime.sandbox.profiles import FONTS, PROFILES
from tool_runtime.sandbox.walls.bwrap_command import Walls, command

MIB = 1024 * 1024
PYTHON, NODE = PROFILES[SandboxProfile.PYTHON], PROFILES[SandboxProfile.NODE]
WALLS = Walls(
    *("/usr/bin/bwrap", PYTHON, Path("/s"), Path("/r"), (Path("/f/fontlist.json"),)),
    control_fd=7,
    filter_fd=8,
    info_fd=9,
)


def mounted(walls: Walls, *options: str) -> list[tuple[str, str]]:
    """From where and where to."""
    arguments = command(walls)
    return [(arguments[at + 1], arguments[at + 2]) for at, word in enumerate(arguments) if word in options]


def test_the_program_is_the_first_word_and_the_first_process_the_last() -> None:
    arguments = command(WALLS)
    assert arguments[0] == "/usr/bin/bwrap"
    assert arguments[-5:-1] == ["/usr/bin/python3", "-I", "-S", "-c"]
    assert arguments[-1].endswith("; from tool_runtime.sandbox.inside.init import main; main(7)")


def test_everything_of_ours_is_read_only() -> None:
    own = [mount for mount in mounted(WALLS, "--ro-bind") if not mount[0].startswith("/usr")]
    assert own == [
        ("/r/etc/passwd", "/etc/passwd"),
        ("/r/etc/hosts", "/etc/hosts"),
        ("/r/etc/nsswitch.conf", "/etc/nsswitch.conf"),
        ("/s/site", "/opt/site"),
        ("/r/init", "/run/sbx"),
        ("/f/fontlist.json", f"{FONTS}/fontlist.json"),
    ]
    assert not mounted(WALLS, "--bind", "--bind-try")


def test_without_a_list_of_fonts_none_is_mounted() -> None:
    without = mounted(replace(WALLS, fonts=()), "--ro-bind")
    assert without == [mount for mount in mounted(WALLS, "--ro-bind") if not mount[1].startswith(FONTS)]


def test_each_kind_of_sandbox_has_what_its_programs_need_and_nothing_of_the_others() -> None:
    of_python, of_node = (
        {target for _, target in mounted(replace(WALLS, profile=profile, fonts=()), "--ro-bind")}
        for profile in (PYTHON, NODE)
    )
    of_node_alone = {"/opt/node/bin", "/node_modules", "/opt/mcp"}
    assert (of_python - of_node, of_node - of_python) == ({"/opt/site"}, of_node_alone)


def test_the_inherited_descriptors_are_the_filters_and_the_informations() -> None:
    arguments = command(WALLS)
    assert arguments[arguments.index("--seccomp") + 1] == "8"
    assert arguments[arguments.index("--info-fd") + 1] == "9"


def test_writable_mounts_have_their_own_sizes() -> None:
    arguments = command(WALLS)
    sizes = {arguments[at + 3]: int(arguments[at + 1]) for at, word in enumerate(arguments) if word == "--size"}
    assert sizes == PYTHON.tmpfs == {"/dev/shm": 64 * MIB, "/tmp": 256 * MIB, "/work": 256 * MIB}


def test_each_limit_of_a_process_is_what_the_job_has() -> None:
    assert rlimits(JobLimits(memory_mb=80, cpu_seconds=3, processes=5), PYTHON) == {
        "DATA": 70 * MIB,
        "AS": 320 * MIB,
        "CPU": 4,
        "NPROC": 5,
        "NOFILE": 256,
        "FSIZE": 128 * MIB,
        "CORE": 1,
        "MEMLOCK": 64 * 1024,
        "MSGQUEUE": 0,
        "SIGPENDING": 1024,
    }
