"""The limits that the kernel keeps for each process of a job.

They are the second line: the monitor sees the whole tree, these hold between two of its looks. The data limit leaves
an eighth of the job's memory for what is not private memory of one process; the address space is bounded so that page
tables, which no resident size counts, stay small.
"""

from foundation.contracts.tool_job import MIB, JobLimits
from tool_runtime.sandbox.profiles import Profile

PENDING_SIGNALS = 1024  # timers count here as well; each is kernel memory


def rlimits(limits: JobLimits, profile: Profile) -> dict[str, int]:
    """By the kernel's names without their prefix; soft and hard are the same."""
    memory, factor = limits.memory_mb * MIB, profile.address_space_factor
    of_memory = {} if factor is None else {"DATA": memory * 7 // 8, "AS": memory * factor}
    return {
        **of_memory,
        "CPU": limits.cpu_seconds + 1,
        "NPROC": limits.processes,
        "NOFILE": profile.open_files,
        "FSIZE": profile.file_bytes,
        "CORE": 1,  # 0 does not keep the kernel from starting a host's crash handler; 1 is its word for never
        "MEMLOCK": 64 * 1024,
        "MSGQUEUE": 0,
        "SIGPENDING": PENDING_SIGNALS,
    }
