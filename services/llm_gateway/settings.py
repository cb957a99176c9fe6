"""What a gateway needs to know, read once from `LOCKSTEP_…`."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, HttpUrl, PostgresDsn, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from foundation.contracts.gateway.rate_limits import RateLimits
from foundation.storage.session.database import DatabaseSettings
from llm_gateway.budget.limits.rates import NO_CHANGES, SHIPPED_LIMITS

DEFAULT_ROUTES = Path(__file__).with_name("gateway.toml")


def key_in_environment(name: str) -> str | None:
    """A provider's key, from the variable that its table names."""
    return os.environ.get(name)


def _paths(value: object) -> object:
    """A list of paths as PATH has them."""
    return tuple(Path(part) for part in value.split(os.pathsep) if part) if isinstance(value, str) else value


class RoutesSettings(BaseSettings):
    """The files with what a gateway serves and what it costs."""

    model_config = SettingsConfigDict(env_prefix="LOCKSTEP_", frozen=True, populate_by_name=True)

    routes_file: Path = Field(default=DEFAULT_ROUTES, description="providers, routes, prices and limits (TOML)")
    extra_routes_files: Annotated[tuple[Path, ...], NoDecode, BeforeValidator(_paths)] = Field(
        default=(), description="further files of the same form, with colons between them; none may repeat a name"
    )
    simulated_provider_url: HttpUrl = Field(
        default=HttpUrl("http://127.0.0.1:8083"), description="stands for {simulated_provider_url} in these files"
    )

    @property
    def all_routes_files(self) -> tuple[Path, ...]:
        return (self.routes_file, *self.extra_routes_files)

    @property
    def placeholders(self) -> dict[str, str]:
        return {"simulated_provider_url": str(self.simulated_provider_url)}


class GatewaySettings(RoutesSettings):
    """All that a gateway is told; what it serves stands in the files that `RoutesSettings` names."""

    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    host: str = Field(default="127.0.0.1", validation_alias="LOCKSTEP_GATEWAY_HOST", description="address to listen on")
    port: int = Field(default=8081, ge=0, le=65535, validation_alias="LOCKSTEP_PORT_GATEWAY")

    database_url_recorder: PostgresDsn = Field(description="PostgreSQL as the `recorder` login")
    service_public_keys: str | None = Field(
        default=None, description="JWKS of run and service tokens; absent: the secret lockstep/service-public-keys"
    )
    replay_key: SecretStr | None = Field(
        default=None, description="32 bytes in base64, encrypts stored answers; absent: the secret lockstep/replay-key"
    )
    api_key_peppers: SecretStr | None = Field(
        default=None, description="what API keys are hashed with; absent: the secret lockstep/api-key-peppers"
    )
    artifacts_bucket: str | None = Field(default=None, description="S3 bucket for stored answers above 64 KB")

    instance_id: str = Field(
        default="gateway-1",
        pattern=r"^[a-zA-Z0-9._-]{1,120}$",
        validation_alias="LOCKSTEP_GATEWAY_INSTANCE_ID",
        description="names this gateway and its journal; keep it over restarts",
    )
    journal: Path = Field(
        default=Path(".local/gateway"),
        validation_alias="LOCKSTEP_GATEWAY_JOURNAL",
        description="folder of the journals, on a local disk",
    )
    lease_seconds: float = Field(
        default=30, ge=0.5, le=600, validation_alias="LOCKSTEP_GATEWAY_LEASE_SECONDS", description="life of a hold"
    )
    wait_seconds: float = Field(
        default=10,
        ge=0,
        le=120,
        validation_alias="LOCKSTEP_GATEWAY_WAIT_SECONDS",
        description="longest wait for room that calls in flight hold",
    )
    waiters: int = Field(default=2000, ge=0, le=100_000, validation_alias="LOCKSTEP_GATEWAY_WAITERS")
    limits: RateLimits = Field(
        default=RateLimits(),
        validation_alias="LOCKSTEP_GATEWAY_LIMITS",
        description="changes to the shipped limits of every tenant, user and key (JSON; null for no limit);"
        " a tenant's own are in the member `limits` of its settings, in the same shape",
    )
    silence_seconds: float = Field(
        default=15,
        gt=0,
        le=300,
        validation_alias="LOCKSTEP_GATEWAY_SILENCE_SECONDS",
        description="longest silence of a stream before a comment keeps its connection alive",
    )
    max_body_bytes: int = Field(
        default=32 * 1024 * 1024, ge=1024, le=256 * 1024 * 1024, description="of one request, as the vendors take them"
    )
    large_bodies_bytes: int = Field(
        default=256 * 1024 * 1024,
        ge=1024,
        le=64 * 1024 * 1024 * 1024,
        description="bodies above 1 MiB that are being answered at a time, together; more are refused for a moment",
    )
    drain_seconds: int = Field(default=30, ge=1, le=600, description="time for open calls to end after SIGTERM")

    def shipped_limits(self, in_file: RateLimits = NO_CHANGES) -> RateLimits:
        """What is shipped, as the gateway's file and then these settings change it."""
        return SHIPPED_LIMITS.changed_by(in_file).changed_by(self.limits)

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.lease_seconds)

    def recorder_database(self) -> DatabaseSettings:
        return DatabaseSettings(url=self.database_url_recorder, pool_size=2)
