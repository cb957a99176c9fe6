"""What runs scripts: the pool and the pipelined connection keep one contract, on a real Redis."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pydantic import RedisDsn
from redis.exceptions import RedisError, ResponseError

from fixtures.machine.redis_server import RedisServer, running_redis
from llm_gateway.budget.redis import keys
from llm_gateway.budget.redis.connection import RedisSettings, connect
from llm_gateway.budget.redis.pipelined import PipelinedConnection
from llm_gateway.budget.redis.scripts import PooledRunner, Script, ScriptRunner

ECHO = Script("return {KEYS[1], ARGV[1]}")
COUNT = Script("return redis.call('INCR', KEYS[1])")
SLOW = Script("local n = 0 for i = 1, 2000000 do n = n + i end return {KEYS[1], ARGV[1]}")
FAIL = Script("return redis.error_reply('LOCKSTEP no')")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    yield from running_redis(tmp_path)


@pytest.fixture(params=["pool", "pipelined"])
async def runner(request: pytest.FixtureRequest, server: RedisServer) -> AsyncIterator[ScriptRunner]:
    settings = RedisSettings(url=RedisDsn(server.url), timeout_seconds=4)
    if request.param == "pipelined":
        connection = PipelinedConnection(settings)
        yield connection
        await connection.close()
    else:
        redis = connect(settings)
        yield PooledRunner(redis)
        await redis.aclose()


async def test_each_caller_gets_its_own_answer(runner: ScriptRunner) -> None:
    answers = await asyncio.gather(*(runner.run(ECHO, script_keys=[f"k{at}"], args=[at]) for at in range(200)))
    assert answers == [[f"k{at}".encode(), str(at).encode()] for at in range(200)]


async def test_a_caller_that_gives_up_takes_nobody_elses_answer(runner: ScriptRunner) -> None:
    calls = [asyncio.ensure_future(runner.run(ECHO, script_keys=["k"], args=[at])) for at in range(50)]
    await asyncio.sleep(0)
    for call in calls[::2]:
        call.cancel()
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert answers[1::2] == [[b"k", str(at).encode()] for at in range(1, 50, 2)]


async def test_a_script_that_the_server_forgot_is_loaded_again_and_runs_once(
    runner: ScriptRunner, server: RedisServer
) -> None:
    assert await runner.run(COUNT, script_keys=["n"], args=[]) == 1
    server.client().script_flush()
    assert await runner.run(COUNT, script_keys=["n"], args=[]) == 2


async def test_an_error_of_a_script_is_its_callers_alone(runner: ScriptRunner) -> None:
    with pytest.raises(ResponseError, match="LOCKSTEP no"):
        await runner.run(FAIL, script_keys=["k"], args=[])
    assert await runner.run(ECHO, script_keys=["k"], args=["after"]) == [b"k", b"after"]


async def test_a_server_that_died_is_an_error_and_then_connected_to_again(
    runner: ScriptRunner, server: RedisServer
) -> None:
    await runner.run(COUNT, script_keys=["n"], args=[])
    server.kill()
    with pytest.raises(RedisError):
        await runner.run(COUNT, script_keys=["n"], args=[])
    server.start()
    assert await _until_it_answers(runner) == [b"k", b"1"]


async def test_a_frozen_server_is_an_error_within_the_time_out_and_nothing_is_sent_twice(
    runner: ScriptRunner, server: RedisServer
) -> None:
    await runner.run(COUNT, script_keys=["n"], args=[])
    pid = int(server.client().info("server")["process_id"])
    os.kill(pid, signal.SIGSTOP)
    try:
        async with asyncio.timeout(30):
            with pytest.raises(RedisError):
                await runner.run(COUNT, script_keys=["n"], args=[])
    finally:
        os.kill(pid, signal.SIGCONT)
    assert await _until_it_answers(runner) == [b"k", b"1"]
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


async def _until_it_answers(runner: ScriptRunner) -> object:
    async with asyncio.timeout(20):
        while True:
            try:
                return await runner.run(ECHO, script_keys=["k"], args=[1])
            except RedisError:
                await asyncio.sleep(0.05)
