"""What the control plane is told by its environment."""

from typing import Literal, Self

from pydantic import Field, HttpUrl, RedisDsn, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from foundation.http.request_limits import DEFAULT_BODY_BYTES


class IdentitySettings(BaseSettings):
    """Who issues users' tokens; all that a process needs that issues one."""

    model_config = SettingsConfigDict(env_prefix="LOCKSTEP_", extra="ignore")

    environment: str = Field(default="local", description="local, test or the deployment's name")
    issuer: str = Field(default="http://127.0.0.1:8080", description="`iss` of users' tokens")
    audience: str = Field(default="lockstep-local", description="`client_id` of users' tokens")
    jwks_url: str | None = Field(default=None, description="where the issuer's keys are; None: this process issues")
    user_key_secret: str = Field(default="lockstep/user-signing-key", description="RSA private JWK, local only")

    @model_validator(mode="after")
    def _issues_only_locally(self) -> Self:
        if self.jwks_url is None and self.environment not in {"local", "test"}:
            raise ValueError("LOCKSTEP_JWKS_URL must be set outside local: this process issues tokens only there")
        return self


class ControlPlaneSettings(IdentitySettings):
    """Read from `LOCKSTEP_…` once, when the process starts."""

    log_level: str = Field(default="INFO")
    database_url: str = Field(description="the control plane's login")
    database_url_relay: str = Field(description="the relay's login")
    database_pool_size: int = Field(default=10, ge=1, le=50)
    state_machine_arn: str
    artifacts_bucket: str
    gateway_url: HttpUrl
    redis_url: RedisDsn = Field(description="where workers show that they live")
    signing_key_secret: str = Field(default="lockstep/service-signing-key", description="Ed25519 private JWK")
    port_control_plane: int = Field(default=8080, ge=1, le=65_535)
    host: Literal["127.0.0.1", "0.0.0.0"] = "127.0.0.1"  # noqa: S104 - a container listens for its load balancer

    body_limit: int = Field(default=DEFAULT_BODY_BYTES, ge=1024, le=16_777_216, description="bytes of a request's body")
    max_event_streams: int = Field(
        default=2000, ge=1, le=20_000, description="streams of events that one process holds"
    )
    max_event_streams_of_tenant: int = Field(default=1000, ge=1, le=20_000, description="of these, of one tenant")
    event_stream_heartbeat_seconds: float = Field(
        default=15, ge=0.05, le=60, description="silence after which a stream sends a comment, and asks who reads"
    )
    event_stream_stall_seconds: float = Field(
        default=30, ge=0.05, le=300, description="how long a reader may take nothing before it is cut off"
    )
    max_open_runs: int = Field(default=1000, ge=1, description="open runs of one tenant")
    upload_limit: int = Field(default=134_217_728, ge=1, description="bytes of one uploaded artifact")
    url_seconds: int = Field(default=900, ge=60, le=43_200, description="life of a presigned address")
    membership_seconds: int = Field(default=60, ge=0, le=60, description="how long a membership may be remembered")
