"""Trial calls of a half-open breaker are bounded over all gateways together, on a real Redis."""

import asyncio

from redis.asyncio import Redis

from fixtures.eventually import eventually
from fixtures.machine.redis_server import RedisServer
from llm_gateway.breakers.board import BreakerBoard
from llm_gateway.configuration.file import BreakerConfig

CONFIG = BreakerConfig(failures=1, open_seconds=0.05, successes=2, trials=2)


async def test_two_gateways_share_the_trials_of_a_half_open_breaker(redis_server: RedisServer) -> None:
    redis = Redis(port=redis_server.port)
    boards = [BreakerBoard(redis, instance_id=f"g{number}") for number in range(3)]
    breakers = [board.breaker("p", f"m-{id(redis)}", CONFIG) for board in boards]
    permit = await breakers[0].permit()
    assert permit is not None
    permit.report_failure()

    async def all_know() -> bool:
        for board in boards:
            await board.sync()
        return {breaker.state for breaker in breakers} <= {"open", "half-open"}

    await eventually(all_know)
    await asyncio.sleep(0.06)
    permits = [await breaker.permit() for breaker in breakers for _ in range(2)]
    given = [permit for permit in permits if permit is not None]
    assert len(given) == CONFIG.trials
    for permit in given:
        permit.release()
    await asyncio.sleep(0.05)
    assert await breakers[2].permit() is not None, "what was given back may be taken"
    await redis.aclose()
