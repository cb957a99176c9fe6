"""What the egress service is told by its environment."""

import json
import socket
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from pydantic import Field, Json, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from foundation.contracts.egress.private_hosts import private_hosts
from tool_runtime.egress_of_jobs import ProxySurroundings, networks
from tool_runtime.listed_settings import Networks, PrivateEntries


class EgressSettings(BaseSettings):
    """Environment of `python -m tool_runtime.egress_service`."""

    model_config = SettingsConfigDict(env_prefix="LOCKSTEP_EGRESS_", populate_by_name=True)

    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8443, ge=0, le=65_535, description="port to listen on; 0 takes a free one")
    address: str | None = Field(
        default=None,
        pattern=r"^[^\s:]+:[0-9]{1,5}$",
        description="`host:port` where runners reach it; the address from which it reaches the launcher by default",
    )
    launcher_url: str = Field(pattern=r"^https?://", description="who is asked what a job may")
    signing_key: Json[dict[str, Any]] | None = Field(
        default=None, description="Ed25519 private JWK that names an egress service to the launcher", repr=False
    )
    signing_key_file: Path | None = Field(default=None, description="the same, as a file")
    private: PrivateEntries = Field(
        default=(),
        description="private `host:port` or `host:port=address` that jobs may reach, if their task names them",
    )
    authorities: Path | None = Field(
        default=None, description="PEM of further authorities; servers that get a secret may be signed by them"
    )
    platform_networks: Networks = Field(
        default=(), description="networks of the installation that have public addresses, such as 198.51.100.0/24"
    )
    most_connections: int = Field(
        default=4096, ge=1, le=60_000, description="connections of all jobs at once; further ones are hung up on"
    )
    drain_seconds: float = Field(
        default=110.0, ge=0, le=3600, description="how long jobs may go on when the service is told to end"
    )
    log_level: str = Field(default="INFO", validation_alias="LOCKSTEP_LOG_LEVEL")

    @field_validator("private")
    @classmethod
    def _readable(cls, entries: tuple[str, ...]) -> tuple[str, ...]:
        private_hosts(entries)
        return entries

    @field_validator("platform_networks")
    @classmethod
    def _networks(cls, entries: tuple[str, ...]) -> tuple[str, ...]:
        networks(entries)
        return entries

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        if (self.signing_key is None) == (self.signing_key_file is None):
            raise ValueError("set LOCKSTEP_EGRESS_SIGNING_KEY or LOCKSTEP_EGRESS_SIGNING_KEY_FILE, one of them")
        return self

    def private_jwk(self) -> dict[str, Any]:
        """The key, read once at start."""
        if self.signing_key_file is not None:
            return dict(json.loads(self.signing_key_file.read_text()))
        return dict(self.signing_key or {})

    def surroundings(self) -> ProxySurroundings:
        return ProxySurroundings(
            private_hosts(self.private), self.authorities, platform=networks(self.platform_networks)
        )

    def reached_at(self, port: int) -> str:
        """`host:port` for runners; without a setting the address of ours that leads to the launcher."""
        return self.address or f"{_own_address(self.launcher_url)}:{port}"


def _own_address(url: str) -> str:
    """Found out by the table of routes: nothing is sent. Raises `OSError`."""
    parts = urlsplit(url)
    family, kind, _, _, sockaddr = socket.getaddrinfo(
        parts.hostname, parts.port or 80, socket.AF_INET, socket.SOCK_DGRAM
    )[0]
    with socket.socket(family, kind) as probe:
        probe.connect(sockaddr)
        return str(probe.getsockname()[0])
