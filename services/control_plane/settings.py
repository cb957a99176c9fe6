"""What the control plane is told by its environment."""

from typing import Literal, Self

from pydantic import Field, HttpUrl, RedisDsn, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from foundation.contracts.egress.private_hosts import PrivateHosts, private_hosts
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


class AuditSettings(IdentitySettings):
    """Where the audit is, and the anchors of its chains; all that a process needs that verifies them."""

    database_url: str = Field(description="the control plane's login")
    artifacts_bucket: str
    audit_bucket: str | None = Field(
        default=None, description="where nobody can change what was written; absent, only locally: artifacts_bucket"
    )

    @model_validator(mode="after")
    def _anchors_apart(self) -> Self:
        if self.audit_bucket is None and self.environment not in {"local", "test"}:
            raise ValueError("LOCKSTEP_AUDIT_BUCKET must be set outside local: it is the one with Object Lock")
        return self

    def anchors_bucket(self) -> str:
        return self.audit_bucket or self.artifacts_bucket


class ControlPlaneSettings(AuditSettings):
    """Read from `LOCKSTEP_…` once, when the process starts."""

    log_level: str = Field(default="INFO")
    database_url_relay: str = Field(description="the relay's login")
    database_pool_size: int = Field(default=10, ge=1, le=50)
    state_machine_arn: str
    trusted_hops: int = Field(
        default=0, ge=0, le=5, description="proxies of ours before this process, each of which adds to X-Forwarded-For"
    )
    gateway_url: HttpUrl
    redis_url: RedisDsn = Field(description="where workers show that they live")
    signing_key_secret: str = Field(default="lockstep/service-signing-key", description="Ed25519 private JWK")
    api_key_peppers_secret: str = Field(
        default="lockstep/api-key-peppers", description="what API keys are hashed with, as JSON"
    )
    tenant_secret_keys_secret: str = Field(
        default="lockstep/tenant-secret-public-keys", description="JWKS for whose first key tenants' secrets are closed"
    )
    webhook_key_secret: str = Field(
        default="lockstep/webhook-key", description="32 bytes, base64, from which webhooks' secrets are derived"
    )
    webhook_private: tuple[str, ...] = Field(
        default=(), description="private `host:port` or `host:port=address` that webhooks may have, without TLS too"
    )
    webhook_delivery_days: int = Field(default=30, ge=1, le=365, description="how long an ended delivery is kept")
    schedule_clock: Literal["own", "eventbridge"] = Field(
        default="own",
        description="who wakes schedules: this process, or EventBridge Scheduler, which needs the next five settings",
    )
    schedule_group: str | None = Field(default=None, description="EventBridge Scheduler's group of our schedules")
    schedule_queue_url: str | None = Field(default=None, description="the queue to which they send")
    schedule_queue_arn: str | None = None
    schedule_dead_queue_arn: str | None = Field(default=None, description="where what could not be sent is kept")
    schedule_role_arn: str | None = Field(default=None, description="the role that lets them send")
    schedule_firing_days: int = Field(default=90, ge=1, le=365, description="how long a decided firing is kept")
    trace_days: int = Field(default=14, ge=1, le=365, description="how long spans of traces are kept")
    trigger_call_days: int = Field(default=30, ge=1, le=365, description="how long calls of triggers are listed")
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
    rate_limit_tenant: float = Field(
        default=1000, ge=0.001, le=1_000_000, description="requests a second of one tenant"
    )
    rate_limit_tenant_burst: int = Field(default=4000, ge=1, le=1_000_000, description="of these, at once")
    rate_limit_credential: float = Field(
        default=500, ge=0.001, le=1_000_000, description="requests a second of one person or key"
    )
    rate_limit_credential_burst: int = Field(default=2000, ge=1, le=1_000_000, description="of these, at once")
    rate_limit_address: float = Field(
        default=100, ge=0.001, le=1_000_000, description="requests a second of one address that prove nobody's"
    )
    rate_limit_address_burst: int = Field(default=2000, ge=1, le=1_000_000, description="of these, at once")
    upload_limit: int = Field(default=134_217_728, ge=1, description="bytes of one uploaded artifact")
    url_seconds: int = Field(default=900, ge=60, le=43_200, description="life of a presigned address")
    membership_seconds: int = Field(default=60, ge=0, le=60, description="how long a membership may be remembered")

    @field_validator("webhook_private")
    @classmethod
    def _readable(cls, entries: tuple[str, ...]) -> tuple[str, ...]:
        private_hosts(entries)
        return entries

    @model_validator(mode="after")
    def _clock_is_reached(self) -> Self:
        needed = ("group", "queue_url", "queue_arn", "dead_queue_arn", "role_arn")
        if self.schedule_clock == "eventbridge":
            missing = [f"LOCKSTEP_SCHEDULE_{name.upper()}" for name in needed if not getattr(self, f"schedule_{name}")]
            if missing:
                raise ValueError(f"LOCKSTEP_SCHEDULE_CLOCK=eventbridge needs {', '.join(missing)}")
        return self

    def opened_to_webhooks(self) -> PrivateHosts:
        """The places that are not public and that webhooks may have."""
        return private_hosts(self.webhook_private)
