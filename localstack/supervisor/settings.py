"""The settings of the local stack, and the folders in which it keeps its data."""

import hashlib
import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from supervisor.provider_keys import key_references

ROOT = Path(__file__).resolve().parents[2]
_LAST_PORT = 65_535
_GATEWAY_FILE = ROOT / "services" / "llm_gateway" / "gateway.toml"
_ROUTES_FILES = (
    ROOT / "localstack" / "routes.toml",
    *sorted((ROOT / "samples").glob("*/routes.toml")),
    ROOT / "tests" / "fixtures" / "simulated_models.toml",
)
SCRIPTS = (*sorted((ROOT / "samples").glob("*/scripts")), ROOT / "tests" / "fixtures" / "scripts")
"""The folders with answers of the simulated provider."""


# Variables that processes inherit from the shell: they locate programs and certificates, and configure no service.
_INHERITED = ("PATH", "HOME", "LANG", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")


_PREFIX = "LOCKSTEP_"


def default_sandbox_root() -> Path:
    """A folder that the sandbox can read: if root runs it, it is another user, who cannot read root's home."""
    if os.geteuid() != 0:
        return ROOT / ".local" / "sandbox"
    return Path("/var/lib/lockstep") / hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]


class Settings(BaseSettings):
    """Read from `LOCKSTEP_…`; two checkouts on one machine need other ports."""

    model_config = SettingsConfigDict(env_prefix="LOCKSTEP_", frozen=True, extra="ignore")

    port_control_plane: int = Field(8080, ge=1024, le=65535, description="the API")
    port_gateway: int = Field(8081, ge=1024, le=65535, description="the model gateway")
    port_launcher: int = Field(8082, ge=1024, le=65535, description="tool jobs")
    port_simulated_provider: int = Field(8083, ge=1024, le=65535, description="the simulated provider")
    port_worker_health: int = Field(
        8084, ge=1024, le=65535, description="of the first worker; the others have the next ports"
    )
    port_sample_site: int = Field(
        8079, ge=1024, le=65535, description="the website of a sample that serves one, while it runs"
    )
    port_metrics_above: int = Field(
        10_000, ge=1, le=60_000, description="added to a service's port, it is the port of the service's metrics"
    )
    port_postgres: int = Field(5442, ge=1024, le=65535)
    port_redis: int = Field(6389, ge=1024, le=65535)
    port_workflow: int = Field(4566, ge=1024, le=65535, description="LocalStack: SQS, Step Functions, Lambda, events")
    port_objects: int = Field(4567, ge=1024, le=65535, description="LocalStack: S3, Secrets Manager")
    orchestrators: int = Field(1, ge=0, le=20, description="number of worker processes")
    launcher_egress_private: str = Field(
        "[]", description="JSON list of the private `host:port` or `host:port=address` that tools may reach"
    )
    launcher_egress_authorities: str = Field(
        "", description="path of a PEM file of authorities that may sign the servers to which secrets are sent"
    )
    webhook_private: str = Field(
        "[]", description="JSON list of the private `host:port` or `host:port=address` that webhooks may have"
    )
    local_dir: Path = Field(ROOT / ".local", description="everything that the local stack writes")
    venvs_dir: Path = Field(ROOT / ".local" / "venvs", description="environments that are not the project's own")
    sandbox_root: Path = Field(
        default_factory=default_sandbox_root, description="what sandboxed code may import lies in <root>/site"
    )
    extra_routes_files: str = Field(
        default_factory=lambda: os.pathsep.join(map(str, _ROUTES_FILES)),
        description="loaded by the gateway after its own: the simulated provider, the samples, the tests' models",
    )
    region: str = Field("us-east-1", description="of LocalStack; tests use this one only")

    @model_validator(mode="after")
    def _figures_have_ports(self) -> Self:
        services = (self.port_control_plane, self.port_gateway, self.port_launcher, self.port_worker_health)
        if max(services) + self.orchestrators + self.port_metrics_above > _LAST_PORT:
            raise ValueError("a service's port and LOCKSTEP_PORT_METRICS_ABOVE are beyond 65535 together; lower one")
        return self

    def as_variables(self) -> dict[str, str]:
        """The settings as environment variables, without the providers' keys."""
        pairs = self.model_dump().items()
        return {f"LOCKSTEP_{name.upper()}": str(value) for name, value in pairs}

    def identity(self, handed_on: Mapping[str, str]) -> dict[str, str]:
        """The settings by which a running stack is compared with a command; what may be a key as digests."""
        keys = {**self.provider_keys, **handed_on}
        digests = {name: hashlib.sha256(key.encode()).hexdigest() for name, key in keys.items()}
        return {**self.as_variables(), **digests}

    @cached_property
    def key_references(self) -> dict[str, str | None]:
        """The variables in which the gateway's files expect providers' keys, with the secret of the same key."""
        extra = [Path(part) for part in self.extra_routes_files.split(os.pathsep) if part]
        return key_references([_GATEWAY_FILE, *extra])

    @cached_property
    def provider_keys(self) -> dict[str, str]:
        """The providers' keys that are set in the shell, by their variable."""
        return {name: os.environ[name] for name in self.key_references if os.environ.get(name)}

    @cached_property
    def shell_variables(self) -> dict[str, str]:
        """What the shell sets of Lockstep's, but for the settings of the stack itself."""
        ours = self.as_variables()
        return {name: text for name, text in os.environ.items() if name.startswith(_PREFIX) and name not in ours}

    @cached_property
    def paths(self) -> "Paths":
        return Paths(self.local_dir.resolve())


class Paths:
    """The folders below `.local/`; `create` makes them so that only their owner can read them."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.state = top / "state"
        self.postgres = self.state / "postgres"
        self.redis = self.state / "redis"
        self.objects = self.state / "objects"
        self.passwords = self.state / "passwords.json"
        self.logs = top / "logs"
        self.run = top / "run"
        self.control = self.run / "control.sock"
        self.cloud = top / "cdk.out"
        self.env = top / "env"

    def create(self) -> None:
        for folder in (self.top, self.state, self.logs, self.run):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def inherited_environment() -> dict[str, str]:
    return {name: os.environ[name] for name in _INHERITED if name in os.environ}
