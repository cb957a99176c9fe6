"""What a runner is told by whoever starts it."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from foundation.domain.errors import SandboxUnavailable
from foundation.domain.tools import SandboxProfile
from tool_runtime.listed_settings import PrivateEntries


def _neighbours() -> Path:
    """One folder for a machine's runners, of all installations; without root, of all that are the same user's."""
    uid = os.geteuid()
    return Path("/run/lockstep/jobs") if uid == 0 else Path(tempfile.gettempdir(), f"lockstep-jobs-{uid}")


def surroundings() -> Mapping[str, str]:
    """All variables, by which a runner finds out where it is."""
    return os.environ


class RunnerSettings(BaseSettings):
    """A runner's whole environment, apart from PATH."""

    model_config = SettingsConfigDict(env_prefix="LOCKSTEP_RUNNER_")

    launcher_url: str = Field(description="where leases are given")
    token: SecretStr = Field(description="one-time worker token")
    profile: SandboxProfile = Field(description="the kind of sandbox that it builds, and so the jobs that it can run")
    backend: Literal["bwrap", "task"] = Field(
        default="bwrap",
        description="what the walls are: bubblewrap's namespaces, or a Fargate task that runs one job; never the other",
    )
    egress: Literal["own", "service"] | None = Field(
        default=None,
        description="by what its job leaves: its own proxy, as in namespaces by default, or the egress service; in a "
        "task one of them has to be named, as the job shares the task's network",
    )
    sandbox_root: Path = Field(
        default=Path("/var/lib/lockstep/sandbox"), description="where the mounts of bubblewrap's sandbox come from"
    )
    uid_locks: Path = Field(
        default=Path("/run/lockstep/uids"), description="where a job's uid is locked, one file each"
    )
    neighbours: Path = Field(
        default_factory=_neighbours, description="where the runners of this machine tell each other their jobs' sizes"
    )
    host_memory_floor: float = Field(
        default=0.05, ge=0, lt=1, description="part of the memory that stays free, else the largest job is ended"
    )
    egress_private: PrivateEntries = Field(
        default=(), description="the private `host:port` or `host:port=address` that jobs may reach, if their task does"
    )
    egress_authorities: Path | None = Field(
        default=None, description="PEM of further authorities; servers that get a secret may be signed by them"
    )
    life_fd: int | None = Field(
        default=None, ge=3, description="descriptor of an inherited pipe that closes when the launcher dies"
    )
    idle_seconds: float | None = Field(
        default=None, gt=0, description="how long it waits for its job before it ends; None: as long as it takes"
    )
    log_level: str = Field(default="INFO")

    def way_out(self) -> Literal["own", "service"]:
        """Raises `SandboxUnavailable` where it has to be named and is not."""
        if self.egress is None and self.backend == "task":
            raise SandboxUnavailable(
                "A task shares its network with its job, and nobody has said by what the job leaves.",
                remedy="Set LOCKSTEP_RUNNER_EGRESS=service; `own` is for a network with a fence around each task.",
            )
        return self.egress or "own"
