"""What the kernel and the monitor hold a job to."""

from dataclasses import replace

import pytest

from foundation.contracts.tool_job import JobLimits, JobReason
from foundation.domain.tools import SandboxProfile
from tool_runtime.sandbox.limits import rlimits
from tool_runtime.sandbox.profiles import PROFILES
from tool_runtime.sandbox.watch.kernel import MAX_DESCRIPTORS, MAX_LOCKS, MAX_SOCKETS
from tool_runtime.sandbox.watch.memory import MAX_MAPPINGS
from tool_runtime.sandbox.watch.monitor import COLLECTING_BYTES, MAX_INODES, Sample, breach, outlived

MIB = 1024 * 1024
QUIET = Sample(memory=10 * MIB, cpu_seconds=0.1, inodes=20, sockets=0)
LIMITS = JobLimits(memory_mb=512, cpu_seconds=10, processes=64)


def test_one_process_stays_below_the_memory_of_the_job() -> None:
    assert rlimits(LIMITS, PROFILES[SandboxProfile.PYTHON])["DATA"] == 448 * MIB


def test_the_kernel_holds_each_process_to_the_jobs_limits() -> None:
    given = rlimits(LIMITS, PROFILES[SandboxProfile.PYTHON])
    assert given["NPROC"] == 64
    assert given["CPU"] == 11
    assert given["MSGQUEUE"] == 0


def test_no_crash_starts_a_handler_on_the_host() -> None:
    # core(5): a handler behind a pipe ignores a limit of 0; 1 is the value that means never.
    assert rlimits(LIMITS, PROFILES[SandboxProfile.PYTHON])["CORE"] == 1


def test_page_tables_of_one_process_cannot_outgrow_the_job() -> None:
    # An eight-byte entry maps a page of 4 KiB.
    assert rlimits(LIMITS, PROFILES[SandboxProfile.PYTHON])["AS"] / 4096 * 8 < LIMITS.memory_mb * MIB / 64


def test_a_quiet_job_passes_no_limit() -> None:
    assert breach(QUIET, LIMITS) is None


def test_a_job_at_its_limits_passes_none() -> None:
    at = Sample(512 * MIB, 10.0, MAX_INODES, MAX_SOCKETS, MAX_DESCRIPTORS, MAX_LOCKS, MAX_MAPPINGS)
    assert breach(at, LIMITS) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"memory": 512 * MIB + COLLECTING_BYTES}, None),
        ({"memory": 512 * MIB + COLLECTING_BYTES + 1}, JobReason.MEMORY),
        ({"processes": 2}, JobReason.PROTOCOL),
    ],
)
def test_after_its_end_there_is_but_the_first_process(change: dict[str, int], reason: JobReason | None) -> None:
    found = outlived(replace(QUIET, **change), LIMITS)
    assert (found and found[0]) is reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"memory": 512 * MIB + 1}, JobReason.MEMORY),
        ({"cpu_seconds": 10.01}, JobReason.CPU_TIME),
        ({"inodes": MAX_INODES + 1}, JobReason.INODES),
        ({"sockets": MAX_SOCKETS + 1}, JobReason.SOCKETS),
        ({"descriptors": MAX_DESCRIPTORS + 1}, JobReason.MEMORY),
        ({"locks": MAX_LOCKS + 1}, JobReason.MEMORY),
        ({"mappings": MAX_MAPPINGS + 1}, JobReason.MEMORY),
    ],
)
def test_one_step_beyond_a_limit_is_named(change: dict[str, float], reason: JobReason) -> None:
    found = breach(replace(QUIET, **change), LIMITS)  # type: ignore[arg-type]
    assert found is not None
    assert found[0] is reason
