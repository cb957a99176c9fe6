"""What every runner of scripts does with connections, servers and callers: the pool, and the pipelined connection.

The runner in memory has neither connection nor server; `test_budget_scripts_port.py` holds it to the scripts.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import RedisDsn
from redis.exceptions import RedisError, ResponseError

from fixtures.machine.redis_server import RedisServer, running_redis
from llm_gateway.budget.redis import keys
from llm_gateway.budget.redis.base import Script, ScriptRunner
from llm_gateway.budget.redis.connection import RedisSettings, connect
from llm_gateway.budget.redis.runners.pipelined import PipelinedConnection
from llm_gateway.budget.redis.runners.pooled import PooledRunner

ECHO = Script("return {KEYS[1], ARGV[1]}")
COUNT = Script("return redis.call('INCR', KEYS[1])")
SLOW = Script("local n = 0 for i = 1, 2000000 do n = n + i end return {KEYS[1], ARGV[1]}")
FAIL = Script("return redis.error_reply('LOCKSTEP no')")


pytestmark = pytest.mark.stack


@dataclass(frozen=True, slots=True)
class Played:
    """A runner, and how its server is lost and found again."""

    runner: ScriptRunner
    lose: Callable[[], None]
    find: Callable[[], None]
    forget_scripts: Callable[[], object]

    async def until_it_answers(self) -> object:
        async with asyncio.timeout(60):
            while True:
                try:
                    return await self.runner.run(ECHO, script_keys=["k"], args=[1])
                except RedisError:
                    await asyncio.sleep(0.05)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    yield from running_redis(tmp_path)


@asynccontextmanager
async def a_runner(kind: str, server: RedisServer) -> AsyncIterator[ScriptRunner]:
    settings = RedisSettings(url=RedisDsn(server.url), timeout_seconds=12)
    if kind == "pipelined":
        connection = PipelinedConnection(settings)
        yield connection
        await connection.close()
    else:
        redis = connect(settings)
        yield PooledRunner(redis)
        await redis.aclose()


@pytest.fixture(params=["pool", "pipelined"])
async def runner(request: pytest.FixtureRequest, server: RedisServer) -> AsyncIterator[ScriptRunner]:
    async with a_runner(request.param, server) as made:
        yield made


@pytest.fixture
async def played(runner: ScriptRunner, server: RedisServer) -> Played:
    return Played(runner, server.kill, server.start, lambda: server.client().script_flush())


async def test_each_caller_gets_its_own_answer(played: Played) -> None:
    calls = (played.runner.run(ECHO, script_keys=[f"k{at}"], args=[at]) for at in range(200))
    assert await asyncio.gather(*calls) == [[f"k{at}".encode(), str(at).encode()] for at in range(200)]


async def test_a_caller_that_gives_up_takes_nobody_elses_answer(played: Played) -> None:
    calls = [asyncio.ensure_future(played.runner.run(ECHO, script_keys=["k"], args=[at])) for at in range(50)]
    await asyncio.sleep(0)
    for call in calls[::2]:
        call.cancel()
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert answers[1::2] == [[b"k", str(at).encode()] for at in range(1, 50, 2)]


async def test_a_script_that_the_server_forgot_runs_once_more_and_not_twice(played: Played) -> None:
    assert await played.runner.run(COUNT, script_keys=["n"], args=[]) == 1
    played.forget_scripts()
    assert await played.runner.run(COUNT, script_keys=["n"], args=[]) == 2


async def test_an_error_of_a_script_is_its_callers_alone(played: Played) -> None:
    with pytest.raises(ResponseError, match="LOCKSTEP no"):
        await played.runner.run(FAIL, script_keys=["k"], args=[])
    assert await played.runner.run(ECHO, script_keys=["k"], args=["after"]) == [b"k", b"after"]


async def test_a_server_that_is_lost_is_an_error_and_then_connected_to_again(played: Played) -> None:
    await played.runner.run(COUNT, script_keys=["n"], args=[])
    played.lose()
    with pytest.raises(RedisError):
        await played.runner.run(COUNT, script_keys=["n"], args=[])
    played.find()
    assert await played.until_it_answers() == [b"k", b"1"]


async def test_a_frozen_server_is_an_error_within_the_time_out_and_nothing_is_sent_twice(
    runner: ScriptRunner, server: RedisServer
) -> None:
    await runner.run(COUNT, script_keys=["n"], args=[])
    pid = int(server.client().info("server")["process_id"])
    os.kill(pid, signal.SIGSTOP)
    try:
        async with asyncio.timeout(60):
            with pytest.raises(RedisError):
                await runner.run(COUNT, script_keys=["n"], args=[])
    finally:
        os.kill(pid, signal.SIGCONT)
    assert await Played(runner, server.kill, server.start, list).until_it_answers() == [b"k", b"1"]
    assert int(str(server.client().get("n"))) in {1, 2}, "the lost one ran at most once"


async def test_a_long_queue_that_moves_on_is_no_silence(server: RedisServer) -> None:
    """All of them together take longer than the time-out of two seconds, each of them far less."""
    connection = PipelinedConnection(RedisSettings(url=RedisDsn(server.url), timeout_seconds=2))
    size = "x" * 8192  # as large as a real call's, so that the server answers now and then
    answers = await asyncio.gather(*(connection.run(SLOW, script_keys=["k"], args=[at, size]) for at in range(250)))
    assert [answer[1] for answer in answers] == [str(at).encode() for at in range(250)]
    await connection.close()


async def test_every_connection_closes_the_buckets_of_another_life(runner: ScriptRunner, server: RedisServer) -> None:
    client = server.client()
    client.set(keys.epoch(7), "another-life:x")
    client.set(keys.epoch(8), f"{client.info('server')['run_id']}:y")
    await runner.run(ECHO, script_keys=["k"], args=["first"])
    assert [client.exists(keys.epoch(7)), client.exists(keys.epoch(8))] == [0, 1]
