"""How much a job may hold, by the kind of sandbox that it runs in; the runtime has all else that makes up the kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from foundation.domain.tools import SandboxProfile


@dataclass(frozen=True, slots=True)
class ProfileLimits:
    """Of the whole job: memory of everything that it holds, its processes and threads together, and its processors."""

    memory_mb: int
    processes: int
    processors: int = 1
    """How many of the machine's it may keep busy at once."""


PROFILE_LIMITS: Mapping[SandboxProfile, ProfileLimits] = MappingProxyType(
    {
        SandboxProfile.PYTHON: ProfileLimits(memory_mb=2048, processes=128),
        # Node has eleven threads before a program begins.
        SandboxProfile.NODE: ProfileLimits(memory_mb=2048, processes=128),
        # A browser is a dozen programs, some of them with twenty threads, which work at the same time.
        SandboxProfile.BROWSER: ProfileLimits(memory_mb=2048, processes=512, processors=2),
        # An agent, and the builds and tests that it runs beside itself.
        SandboxProfile.AGENT: ProfileLimits(memory_mb=4096, processes=256, processors=2),
    }
)
