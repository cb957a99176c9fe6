"""The connection to Redis: time-outs on everything, and a look at the server's identity on every connect."""

from typing import Any

from pydantic import AliasChoices, Field, RedisDsn, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from redis.asyncio import BlockingConnectionPool, Connection, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from llm_gateway.budget.redis import keys
from llm_gateway.budget.redis.scripts import check_epoch_source


class RedisSettings(BaseSettings):
    """How to reach Redis."""

    model_config = SettingsConfigDict(env_prefix="LOCKSTEP_REDIS_", frozen=True, populate_by_name=True)

    url: RedisDsn = Field(
        validation_alias=AliasChoices("LOCKSTEP_REDIS_URL", "REDIS_URL"),
        description="redis://[:password@]host:port/database; a shell of the local stack has the second name",
    )
    password: SecretStr | None = Field(default=None, description="overrides the URL's")
    connections: int = Field(default=64, ge=1, le=1000, description="connections at most")
    timeout_seconds: float = Field(default=2.0, gt=0, le=30, description="longest wait for one answer")


async def _introduce(connection: Any) -> None:
    """Close every bucket whose counters were kept by an earlier process of this server, before other commands.

    A restart from the append-only file may have lost the last second, so what it brings back is not believed.
    """
    await connection.on_connect()
    await connection.send_command("INFO", "server")
    server = await connection.read_response()
    text = server.decode() if isinstance(server, bytes) else str(server)
    run_id = next(line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("run_id:"))
    source = check_epoch_source()
    commands = [("EVAL", source, 1, keys.epoch(bucket), run_id) for bucket in range(keys.BUCKETS)]
    await connection.send_packed_command(connection.pack_commands(commands))
    for _ in commands:
        await connection.read_response()


def connect(settings: RedisSettings, *, blocking: bool = False) -> Redis:
    """A client that never repeats a command by itself; `blocking` ones may wait for streams."""
    password = {"password": settings.password.get_secret_value()} if settings.password else {}
    pool = BlockingConnectionPool.from_url(
        str(settings.url),
        connection_class=Connection,
        max_connections=settings.connections,
        timeout=settings.timeout_seconds,
        socket_timeout=None if blocking else settings.timeout_seconds,
        socket_connect_timeout=settings.timeout_seconds,
        retry=Retry(NoBackoff(), 0),
        redis_connect_func=_introduce,
        **password,
    )
    return Redis.from_pool(pool)
