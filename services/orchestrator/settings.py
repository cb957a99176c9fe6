"""A worker's settings, read from its environment."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, HttpUrl, RedisDsn, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from foundation.workflow.lapses import LEASE_SECONDS, SWEEP_SECONDS


class WorkerSettings(BaseSettings):
    """Read from `LOCKSTEP_…` once, when the process starts; times are in seconds."""

    model_config = SettingsConfigDict(env_prefix="LOCKSTEP_", extra="ignore")

    environment: str = Field(default="local", description="local, test or the deployment's name")
    log_level: str = Field(default="INFO")
    database_url: str = Field(description="the orchestrator's login")
    database_url_relay: str = Field(description="the relay's login")
    database_url_sweeper: str = Field(description="the sweeper's login")
    database_pool_size: int = Field(default=8, ge=1, le=50)
    steps_queue_url: str
    steps_dlq_url: str
    state_machine_arn: str
    artifacts_bucket: str
    gateway_url: HttpUrl
    launcher_url: HttpUrl
    redis_url: RedisDsn = Field(description="where this worker shows that it lives; it holds nothing else there")
    signing_key_secret: str = Field(default="lockstep/service-signing-key", description="Ed25519 private JWK")
    concurrency: int = Field(
        default=8, ge=1, le=200, description="steps that one worker runs at once; one tenant has three quarters of them"
    )
    lease_seconds: float = Field(default=LEASE_SECONDS, ge=1, le=LEASE_SECONDS)
    renew_seconds: float = Field(default=15, gt=0, le=LEASE_SECONDS / 2, description="at most half of a lease")
    visibility_seconds: int = Field(default=60, ge=2, le=43_200)
    poll_seconds: int = Field(default=20, ge=0, le=20, description="longest long poll")
    drain_seconds: float = Field(default=20, ge=0, le=600, description="how long SIGTERM waits for running steps")
    sweep_seconds: float = Field(default=SWEEP_SECONDS, gt=0, le=SWEEP_SECONDS)
    standstill_seconds: float = Field(default=30, gt=0, le=3600, description="after which an execution is asked about")
    budget_pause_seconds: float = Field(
        default=300, ge=1, le=86_400, description="between tries of a run out of budget"
    )
    artifacts_per_job: int = Field(default=100, ge=1, le=100)
    crew_python: Path | None = Field(default=None, description="the interpreter of the crews' own environment")
    crew_memory_mib: int = Field(default=2048, ge=512, le=65_536, description="address space of one crew's program")
    crew_start_seconds: float = Field(default=60, ge=1, le=600, description="until a crew's program must have started")
    port_worker_health: int = Field(default=8084, ge=1, le=65_535)
    host: Literal["127.0.0.1", "0.0.0.0"] = "127.0.0.1"  # noqa: S104 - a container's health check needs it
    failpoint: str | None = Field(
        default=None, description="the places, with commas, where this process stops itself; local and test only"
    )

    @model_validator(mode="after")
    def _is_renewed_in_time(self) -> Self:
        """One renewal may fail and the next still come in time, or a healthy worker would lose its steps."""
        if self.renew_seconds > self.lease_seconds / 2:
            raise ValueError("LOCKSTEP_RENEW_SECONDS is at most half of LOCKSTEP_LEASE_SECONDS")
        return self
