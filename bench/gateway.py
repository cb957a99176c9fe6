"""What the gateway adds to a call, with everything on: direct and through it in the same run, as JSON.

`cpu_ms`: processor time of the gateway's process for a call under load; `added_ms`: latency beside the same call made
directly, both at a calm pace and in turn; `first_token`: the same for the first chunk of a stream. Redis, journal,
settlement before the last byte and the recorder are as in the running stack, which this measures. The sample tenant's
rates count on, but are raised so far that none refuses.
"""

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp
import psutil
import psycopg
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

CHUNKS = 10
PLAIN = {"model": "default", "max_tokens": 200, "messages": [{"role": "user", "content": "penguin " * 120}]}
RATES = {"limits": {scope: {"requests_a_minute": 1_000_000} for scope in ("tenant", "user")}}
LIMITS_SECONDS = 6
"""Gateways remember a tenant's limits for five seconds."""
STREAM = {**PLAIN, "model": f"fault-chunks={CHUNKS}+delay=0.005", "stream": True}


class Settings(BaseSettings):
    """The running stack, as .local/env gives it."""

    model_config = SettingsConfigDict(env_prefix="LOCKSTEP_")

    gateway_url: str
    gateway_token: SecretStr
    tenant_id: str
    database_url: SecretStr = Field(validation_alias="DATABASE_URL", description="the local superuser")


@dataclass(frozen=True, slots=True)
class Side:
    """One way to the same model."""

    name: str
    url: str
    headers: dict[str, str]


async def one_call(session: aiohttp.ClientSession, side: Side, body: dict[str, object]) -> tuple[float, float]:
    """Seconds to the first bytes and to the end; RuntimeError on any answer but a whole one."""
    began = time.perf_counter()
    async with session.post(side.url, json=body, headers=side.headers) as answer:
        first = await answer.content.readany()
        first_at = time.perf_counter()
        rest = await answer.content.read()
        if answer.status != 200 or (body.get("stream") and b"[DONE]" not in first + rest):
            raise RuntimeError(f"{side.name}: {answer.status} {(first + rest)[:300]!r}")
    return first_at - began, time.perf_counter() - began


async def under_load(call: Callable[[], Awaitable[object]], *, calls: int, at_once: int) -> float:
    """Seconds that so many calls took, so many at a time."""
    left = iter(range(calls))

    async def worker() -> None:
        for _ in left:
            await call()

    began = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(at_once)))
    return time.perf_counter() - began


@contextmanager
def raised_rates(settings: Settings) -> Iterator[None]:
    """The sample tenant's rates out of the way while it lasts."""
    change = "UPDATE tenants SET settings = %s WHERE tenant_id = %s"
    with psycopg.connect(settings.database_url.get_secret_value(), autocommit=True) as connection:
        row = connection.execute("SELECT settings FROM tenants WHERE tenant_id = %s", [settings.tenant_id]).fetchone()
        if row is None:
            raise RuntimeError("the sample tenant is not there")
        connection.execute(change, [json.dumps(row[0] | RATES), settings.tenant_id])
        time.sleep(LIMITS_SECONDS)
        try:
            yield
        finally:
            connection.execute(change, [json.dumps(row[0]), settings.tenant_id])


def process_at(url: str) -> psutil.Process:
    """The process that listens on a URL's port."""
    port = urlsplit(url).port
    for connection in psutil.net_connections("tcp"):
        listens = connection.status == psutil.CONN_LISTEN and getattr(connection.laddr, "port", None) == port
        if listens and connection.pid:
            return psutil.Process(connection.pid)
    raise RuntimeError(f"nobody listens on {url}")


def cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def percentiles(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        "p50": round(statistics.median(ordered) * 1000, 2),
        "p99": round(ordered[min(len(ordered) - 1, round(0.99 * len(ordered)))] * 1000, 2),
    }


async def loaded(
    session: aiohttp.ClientSession, side: Side, body: dict[str, object], *, rounds: int, calls: int, at_once: int
) -> dict[str, object]:
    gateway = process_at(side.url)
    cpu, rate = [], []
    for _ in range(rounds):
        before = cpu_seconds(gateway)
        seconds = await under_load(lambda: one_call(session, side, body), calls=calls, at_once=at_once)
        cpu.append((cpu_seconds(gateway) - before) / calls * 1000)
        rate.append(calls / seconds)
    return {
        "cpu_ms": {"min": round(min(cpu), 3), "median": round(statistics.median(cpu), 3)},
        "calls_per_second": {"best": round(max(rate)), "median": round(statistics.median(rate))},
        "at_once": at_once,
    }


async def calm(
    session: aiohttp.ClientSession, sides: list[Side], body: dict[str, object], *, calls: int, per_second: float
) -> dict[str, object]:
    """Both sides in turn, so that what disturbs the machine disturbs both."""
    firsts: dict[str, list[float]] = {side.name: [] for side in sides}
    wholes: dict[str, list[float]] = {side.name: [] for side in sides}
    for _ in range(calls):
        for side in sides:
            first, whole = await one_call(session, side, body)
            firsts[side.name].append(first)
            wholes[side.name].append(whole)
            await asyncio.sleep(1 / per_second / len(sides))
    report: dict[str, object] = {}
    for name, taken in (("first_token_ms", firsts), ("whole_ms", wholes)):
        sorted_out = {side.name: percentiles(taken[side.name]) for side in sides}
        direct, through = (sorted_out[side.name] for side in sides)
        added = {point: round(through[point] - direct[point], 2) for point in direct}
        report[name] = {**sorted_out, "added": added}
    return report


@contextmanager
def provider_of_our_own() -> Iterator[str]:
    """The same simulated provider as a process of this benchmark: what is asked directly stands on no other invoice."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        more = [f"LOCKSTEP_SIMULATED_PORT={port}", f"LOCKSTEP_SIMULATED_INVOICE={folder}"]
        process = subprocess.Popen(
            ["env", *more, sys.executable, "-m", "simulated_provider"], stdout=subprocess.DEVNULL
        )
        try:
            for _ in range(100):
                with suppress(OSError), urllib.request.urlopen(f"{url}/health", timeout=1):  # noqa: S310 - loopback
                    break
                time.sleep(0.1)
            yield url
        finally:
            process.terminate()
            process.wait()


async def measure(settings: Settings, upstream: str, *, rounds: int, calls: int) -> dict[str, object]:
    token = settings.gateway_token.get_secret_value()
    path = "/v1/chat/completions"
    direct = Side("direct", upstream + path, {})
    through = Side("gateway", settings.gateway_url.rstrip("/") + path, {"authorization": f"Bearer {token}"})
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        for side in (direct, through):  # the first calls fill caches and open connections
            await under_load(lambda side=side: one_call(session, side, PLAIN), calls=100, at_once=16)  # type: ignore[misc]
        gateway = process_at(settings.gateway_url)
        return {
            "plain": {
                **await loaded(session, through, PLAIN, rounds=rounds, calls=calls, at_once=16),
                **await calm(session, [direct, through], PLAIN, calls=calls // 2, per_second=50),
            },
            "stream": {
                "chunks": CHUNKS,
                **await loaded(session, through, STREAM, rounds=rounds, calls=calls // 2, at_once=32),
                **await calm(session, [direct, through], STREAM, calls=calls // 8, per_second=20),
            },
            "rss_mb": round(gateway.memory_info().rss / 2**20, 1),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--calls", type=int, default=400)
    given = parser.parse_args()
    settings = Settings()
    with raised_rates(settings), provider_of_our_own() as upstream:
        report = asyncio.run(measure(settings, upstream, rounds=given.rounds, calls=given.calls))
    machine = {"processors": os.cpu_count(), "load": os.getloadavg()[0]}
    json.dump({"gateway": report, "rounds": given.rounds, "calls": given.calls, **machine}, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
