"""What a runner is told by whoever starts it."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class RunnerSettings(BaseSettings):
    """A runner's whole environment, apart from PATH."""

    model_config = SettingsConfigDict(env_prefix="LOCKSTEP_RUNNER_")

    launcher_url: str = Field(description="where leases are given")
    token: SecretStr = Field(description="one-time worker token")
    sandbox_root: Path = Field(description="where the sandbox's mounts come from")
    uid_locks: Path = Field(description="where a job's uid is locked, one file each")
    host_memory_floor: float = Field(default=0.05, ge=0, lt=1, description="jobs end below this part of free memory")
    life_fd: int | None = Field(default=None, ge=3, description="a pipe that ends when the launcher is gone")
    log_level: str = Field(default="INFO")
