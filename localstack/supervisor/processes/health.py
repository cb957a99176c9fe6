"""Checks whether a process is ready for work."""

import asyncio
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable

import psycopg
import redis.asyncio

Check = Callable[[], Awaitable[bool]]
Words = Callable[[], Awaitable[str]]
_TIMEOUT = 2.0
_SHOWN_BYTES = 4096


def http(url: str) -> Check:
    """Whether there is an answer below 500: a service that lacks another one is ready too."""

    def check() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=_TIMEOUT):  # noqa: S310 - our own address
                return True
        except urllib.error.HTTPError as error:
            return error.code < 500  # noqa: PLR2004
        except OSError:
            return False

    return lambda: asyncio.to_thread(check)


def answer(url: str) -> Words:
    """What it answers just now, in which a service names what it lacks."""

    def ask() -> str:
        try:
            with urllib.request.urlopen(url, timeout=_TIMEOUT) as answered:  # noqa: S310 - our own address
                return _shown(answered.status, answered.read(_SHOWN_BYTES))
        except urllib.error.HTTPError as error:
            return _shown(error.code, error.read(_SHOWN_BYTES))
        except OSError as error:
            return f"{url} does not answer: {error}"

    return lambda: asyncio.to_thread(ask)


def _shown(status: int, body: bytes) -> str:
    return f"its health is {status}: {' '.join(body.decode(errors='replace').split())}"


def postgres(url: str) -> Check:
    async def check() -> bool:
        try:
            connection = await psycopg.AsyncConnection.connect(url, connect_timeout=2)
        except psycopg.OperationalError:
            return False
        await connection.close()
        return True

    return check


def redis_ping(url: str) -> Check:
    async def check() -> bool:
        client = redis.asyncio.Redis.from_url(url, socket_timeout=_TIMEOUT)
        try:
            return bool(await client.ping())
        except (redis.asyncio.RedisError, OSError):
            return False
        finally:
            await client.aclose()

    return check
