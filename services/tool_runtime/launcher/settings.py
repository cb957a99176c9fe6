"""What the launcher is told by its environment."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, Json, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from foundation.contracts.egress.private_hosts import private_hosts
from tool_runtime.egress.model_door import GatewayPlace
from tool_runtime.launcher.searching import WebSearch, web_search
from tool_runtime.listed_settings import PrivateEntries

_MOST_ON_A_MACHINE = 24
PROJECT = Path(__file__).resolve().parents[3]


def default_sandbox_root() -> Path:
    """As root a place that an unprivileged uid can reach, one per checkout; else inside the project."""
    if os.geteuid() == 0:
        return Path("/var/lib/lockstep") / hashlib.sha256(str(PROJECT).encode()).hexdigest()[:12]
    return PROJECT / ".local" / "sandbox"


class LauncherSettings(BaseSettings):
    """Environment of `python -m tool_runtime.launcher`."""

    model_config = SettingsConfigDict(env_prefix="LOCKSTEP_LAUNCHER_", populate_by_name=True)

    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8082, ge=1, le=65535, validation_alias="LOCKSTEP_PORT_LAUNCHER")
    runners_url: str | None = Field(default=None, description="where runners find the launcher; this host by default")
    service_public_keys: Json[dict[str, Any]] | None = Field(
        default=None, validation_alias="LOCKSTEP_SERVICE_PUBLIC_KEYS", description="JWKS of service tokens"
    )
    service_public_keys_file: Path | None = Field(
        default=None, validation_alias="LOCKSTEP_SERVICE_PUBLIC_KEYS_FILE", description="the same, as a file"
    )
    callers: frozenset[str] = Field(default=frozenset({"orchestrator"}), description="services that may submit jobs")
    backend: Literal["local", "fargate"] = Field(
        default="local", description="what runners are: processes of this machine, or Fargate tasks"
    )
    # Twice as many light jobs run in as many places, each with a uid of its own, beside the runners that wait.
    max_running: int = Field(
        default=4, ge=1, le=1000, description="jobs that compute at once; at most 24 on one machine"
    )
    max_queued: int = Field(default=64, ge=1, le=10_000, description="jobs of one tenant that wait; then 429")
    max_waiting: int = Field(
        default=1024,
        ge=1,
        le=100_000,
        description="jobs of all tenants that wait; a tenant's first is taken all the same",
    )
    spare_runners: int = Field(
        default=2, ge=0, le=64, description="runners of each kind but `agent` that wait in a ready sandbox"
    )
    most_spare_runners: int = Field(
        default=6, ge=0, le=64, description="runners of each kind that wait while jobs of it arrive fast"
    )
    result_ttl_seconds: float = Field(default=900, ge=1, le=86_400, description="how long a result is repeated")
    result_memory_mb: int = Field(default=64, ge=1, le=4096, description="bound of all results kept")
    sandbox_root: Path = Field(default_factory=default_sandbox_root, validation_alias="LOCKSTEP_SANDBOX_ROOT")
    uid_locks: Path = Field(default=Path("/run/lockstep/uids"), validation_alias="LOCKSTEP_SANDBOX_UID_LOCKS")
    host_memory_floor: float = Field(default=0.05, ge=0, lt=1, description="jobs end below this part of free memory")
    egress_private: PrivateEntries = Field(
        default=(),
        description="private `host:port` or `host:port=address` that jobs may reach, if their task names them",
    )
    egress_authorities: Path | None = Field(
        default=None, description="PEM of further authorities; servers that get a secret may be signed by them"
    )
    egress: Literal["own", "service"] | None = Field(
        default=None,
        description="by what jobs leave: `own`, their runner's proxy, usual on one machine, or `service`",
    )
    egress_public_keys: Json[dict[str, Any]] | None = Field(
        default=None, description="JWKS by which egress services are known; needed where jobs leave by them"
    )
    egress_public_keys_file: Path | None = Field(default=None, description="the same, as a file")
    secret_keys: Json[dict[str, Any]] | None = Field(
        default=None, description="JWKS of private keys (X25519) that open tenants' secrets", repr=False
    )
    secret_keys_file: Path | None = Field(default=None, description="the same, as a file")
    gateway_url: str | None = Field(
        default=None,
        validation_alias="LOCKSTEP_GATEWAY_URL",
        description="the LLM gateway, for tools that call models; without it they fail",
    )
    search_provider: Literal["brave", "tavily", "searxng"] | None = Field(
        default=None, description="who is asked when the tool `search` searches the web; nobody by default"
    )
    search_url: str | None = Field(
        default=None, max_length=2048, description="where, if not at the provider's own address; SearXNG needs one"
    )
    search_key: SecretStr | None = Field(default=None, description="the provider's key, which only proxies have")
    search_key_file: Path | None = Field(default=None, description="the same, as a file")
    search_path: str = Field(default="/usr/bin:/bin", validation_alias="PATH", description="where bwrap is looked for")
    log_level: str = Field(default="INFO", validation_alias="LOCKSTEP_LOG_LEVEL")

    @field_validator("egress_private")
    @classmethod
    def _readable(cls, entries: tuple[str, ...]) -> tuple[str, ...]:
        private_hosts(entries)
        return entries

    @field_validator("gateway_url")
    @classmethod
    def _gateway(cls, url: str | None) -> str | None:
        if url is not None:
            GatewayPlace.of(url)
        return url

    @model_validator(mode="after")
    def _one_source_of_keys(self) -> Self:
        if (self.service_public_keys is None) == (self.service_public_keys_file is None):
            raise ValueError("set LOCKSTEP_SERVICE_PUBLIC_KEYS or LOCKSTEP_SERVICE_PUBLIC_KEYS_FILE, one of them")
        if (self.secret_keys is None) == (self.secret_keys_file is None):
            raise ValueError("set LOCKSTEP_LAUNCHER_SECRET_KEYS or LOCKSTEP_LAUNCHER_SECRET_KEYS_FILE, one of them")
        if self.search_key is not None and self.search_key_file is not None:
            raise ValueError("set LOCKSTEP_LAUNCHER_SEARCH_KEY or LOCKSTEP_LAUNCHER_SEARCH_KEY_FILE, one of them")
        self.web_search()
        return self

    @model_validator(mode="after")
    def _as_many_as_there_is_room_for(self) -> Self:
        if self.backend == "local" and self.max_running > _MOST_ON_A_MACHINE:
            raise ValueError(f"at most {_MOST_ON_A_MACHINE} jobs compute at once on one machine")
        if self.backend == "fargate" and (self.runners_url is None or self.spare_runners == 0):
            raise ValueError("Fargate tasks need LOCKSTEP_LAUNCHER_RUNNERS_URL, and some that wait: they start slowly")
        return self

    @model_validator(mode="after")
    def _one_way_out(self) -> Self:
        if self.backend == "fargate" and self.egress is None:
            raise ValueError(
                "a task shares its network with its job: set LOCKSTEP_LAUNCHER_EGRESS=service; `own` is for a network "
                "that has a fence of its own around each task"
            )
        given = (self.egress_public_keys is not None) + (self.egress_public_keys_file is not None)
        if given != (self.egress == "service"):
            raise ValueError(
                "set LOCKSTEP_LAUNCHER_EGRESS_PUBLIC_KEYS or LOCKSTEP_LAUNCHER_EGRESS_PUBLIC_KEYS_FILE, one of them, "
                "where LOCKSTEP_LAUNCHER_EGRESS is `service`, and none elsewhere"
            )
        return self

    def way_out(self) -> Literal["own", "service"]:
        """By what jobs leave."""
        return self.egress or "own"

    def egress_keys(self) -> dict[str, Any] | None:
        """The JWKS of egress services, read once at start; None where there are none."""
        if self.egress_public_keys_file is not None:
            return dict(json.loads(self.egress_public_keys_file.read_text()))
        return self.egress_public_keys

    def web_search(self) -> WebSearch | None:
        """The operator's provider for searches of the web; None where there is none."""
        key = self.search_key.get_secret_value() if self.search_key else None
        if self.search_key_file is not None:
            key = self.search_key_file.read_text().strip()
        return web_search(self.search_provider, url=self.search_url, key=key)

    def public_keys(self) -> dict[str, Any]:
        """The JWKS, read once at start."""
        if self.service_public_keys_file is not None:
            return dict(json.loads(self.service_public_keys_file.read_text()))
        return dict(self.service_public_keys or {})

    def secret_jwks(self) -> dict[str, Any]:
        """The private keys for tenants' secrets, read once at start."""
        if self.secret_keys_file is not None:
            return dict(json.loads(self.secret_keys_file.read_text()))
        return dict(self.secret_keys or {})

    def runners_find_us_at(self) -> str:
        return self.runners_url or f"http://{self.host}:{self.port}"
