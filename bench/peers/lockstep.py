"""Lockstep's gateway with all its functions: budgets and rates in each scope, journal, ledger writer, Redis."""

import base64
import json
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import redis
from joserfc.jwk import KeySet, OKPKey
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from foundation.http.service_tokens import ServiceTokenSigner
from peers.base import GATEWAY_CORE, LOAD_CORE, Peer, PeerMissing, pinned, ready
from peers.payer import Payer
from supervisor.settings import ROOT
from support.raw_http import LOOPBACK, Target, free_port
from support.scratch import renamed, scratch_database

ROUTES = ROOT / "bench" / "gateway.toml"
_MANY = 1_000_000_000
_SCOPE_RATES = {"requests_a_minute": _MANY, "tokens_a_minute": _MANY, "at_once": 10_000}
RATES = dict.fromkeys(("tenant", "user", "key"), _SCOPE_RATES)
"""Limits far above any load, so that rates are counted and never refuse a call."""


class LockstepSettings(BaseSettings):
    """The PostgreSQL server for scratch databases, from the variables of .local/env."""

    model_config = SettingsConfigDict(extra="ignore")

    superuser: SecretStr = Field(validation_alias="DATABASE_URL")
    gateway: SecretStr = Field(validation_alias="DATABASE_URL_LLM_GATEWAY", description="its own login")
    recorder: SecretStr = Field(validation_alias="DATABASE_URL_RECORDER", description="its own login")


@dataclass(frozen=True, slots=True)
class Lockstep:
    """The gateway that is measured, with a Redis and a scratch database of its own."""

    process: psutil.Process
    port: int
    redis_process: psutil.Process
    redis_port: int
    database_url: str
    signer: ServiceTokenSigner

    def payer(self, **limits: int) -> Payer:
        """Make a tenant with a run that has budgets in each of its scopes."""
        return Payer.new(self.database_url, self.signer, **limits)

    def peer(self, payer: Payer) -> Peer:
        """The peer with a new token, because a token is valid for ten minutes."""
        return Peer("lockstep", Target(self.port, (("authorization", f"Bearer {payer.token()}"),)), self.process)

    def redis(self) -> "redis.Redis":
        return redis.Redis(port=self.redis_port, decode_responses=True)

    def scripts_run(self) -> int:
        """How many scripts Redis has run, without the commands inside them."""
        with self.redis() as client:
            stats: dict[str, dict[str, int]] = client.info("commandstats")
        return sum(stats.get(f"cmdstat_{name}", {}).get("calls", 0) for name in ("eval", "evalsha", "fcall"))


@contextmanager
def lockstep(folder: Path, upstream: Peer) -> Iterator[Lockstep]:
    settings = LockstepSettings()
    key = OKPKey.generate_key("Ed25519", {"kid": "bench"}, private=True)
    with scratch_database(settings.superuser.get_secret_value()) as name, _redis(folder) as (redis_process, redis_port):
        target, log = Target(free_port()), folder / "lockstep.log"
        environment = {
            "LOCKSTEP_PORT_GATEWAY": str(target.port),
            "LOCKSTEP_DATABASE_URL": renamed(settings.gateway.get_secret_value(), name),
            "LOCKSTEP_DATABASE_URL_RECORDER": renamed(settings.recorder.get_secret_value(), name),
            "LOCKSTEP_REDIS_URL": f"redis://{LOOPBACK}:{redis_port}/0",
            "LOCKSTEP_SIMULATED_PROVIDER_URL": f"http://{LOOPBACK}:{upstream.target.port}",
            "LOCKSTEP_ROUTES_FILE": str(ROUTES),
            "LOCKSTEP_SERVICE_PUBLIC_KEYS": json.dumps(KeySet([key]).as_dict(private=False)),
            "LOCKSTEP_REPLAY_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
            "LOCKSTEP_API_KEY_PEPPERS": json.dumps(
                {"current": "p1", "peppers": {"p1": base64.b64encode(secrets.token_bytes(32)).decode()}}
            ),
            "LOCKSTEP_GATEWAY_LIMITS": json.dumps(RATES),
            "LOCKSTEP_GATEWAY_INSTANCE_ID": "bench",
            "LOCKSTEP_GATEWAY_JOURNAL": str(folder / "journal"),
            "PYTHONPATH": str(ROOT / "services"),
        }
        command = (sys.executable, "-m", "llm_gateway")
        with pinned(*command, core=GATEWAY_CORE, log=log, environment=environment) as process:
            ready("the gateway", target, process, log, path="/health", seconds=60)
            database = renamed(settings.superuser.get_secret_value(), name)
            signer = ServiceTokenSigner(_private(key), service="orchestrator")
            yield Lockstep(process, target.port, redis_process, redis_port, database, signer)


@contextmanager
def _redis(folder: Path) -> Iterator[tuple[psutil.Process, int]]:
    """Start Redis with the same append-only file as the local stack."""
    data, port = folder / "redis", free_port()
    data.mkdir()
    binary = str(Path(sys.executable).parent / "redis-server")
    options = ("--port", str(port), "--bind", LOOPBACK, "--dir", str(data), "--save", "", "--maxmemory-policy")
    durable = ("noeviction", "--appendonly", "yes", "--appendfsync", "everysec")
    with pinned(binary, *options, *durable, core=LOAD_CORE, log=folder / "redis.log") as process:
        _until_it_answers(port)
        yield process, port


def _until_it_answers(port: int) -> None:
    retry = redis.retry.Retry(redis.backoff.ConstantBackoff(0.05), 200)
    with redis.Redis(port=port, retry=retry, retry_on_error=[redis.ConnectionError]) as client:
        if not client.ping():
            raise PeerMissing("Redis does not answer")


def _private(key: OKPKey) -> dict[str, Any]:
    return dict(key.as_dict(private=True))
