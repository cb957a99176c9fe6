"""Keeps all breakers of this gateway, and shares their states and trial calls with the other gateways."""

from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

import msgspec
import pybreaker
from redis.asyncio import Redis
from redis.exceptions import RedisError

from foundation.contracts.gateway.operations import BreakerCause
from foundation.domain.errors import NotFound
from foundation.telemetry.background import TaskSet
from foundation.telemetry.logs import logger
from llm_gateway.breakers.breaker import ModelBreaker, TrialLeases
from llm_gateway.breakers.scripts import PUBLISH, READ, TAKE_TRIAL
from llm_gateway.configuration.file import BreakerConfig

STATES_KEY = "ls:breakers"
EVENTS_KEY = "ls:operations"
_TRIALS_KEY = "ls:breaker-trials:"
_TRIAL_LEASE_MS = 120_000
"""After which a trial counts no more whose gateway has not given it back, because it died."""
SYNC_SECONDS = 1.0

_log = logger(__name__)


class BreakerView(msgspec.Struct, frozen=True):
    """A breaker as an operator sees it; `calls` and `failures` are what this gateway saw lately."""

    provider: str
    model: str
    state: str
    why: BreakerCause
    retry_after_seconds: float
    calls: int
    failures: int


class _Shared(msgspec.Struct):
    """A breaker's state in Redis."""

    state: str
    until_ms: float
    why: BreakerCause
    by: str
    version: int


class BreakerBoard:
    """Breakers by provider and model; they outlive a change of the configuration."""

    def __init__(self, redis: Redis, *, instance_id: str) -> None:
        self._redis = redis
        self._instance_id = instance_id
        self._breakers: dict[tuple[str, str], ModelBreaker] = {}
        self._versions: dict[str, int] = {}
        self._leases = _SharedLeases(redis, self._start)
        self._publishing = TaskSet()

    def breaker(self, provider: str, model: str, config: BreakerConfig) -> ModelBreaker:
        """The one breaker of a provider's model; a changed configuration makes it anew, and it stays open if it was."""
        known = self._breakers.get((provider, model))
        if known is not None and known.config == config:
            return known
        breaker = ModelBreaker(provider, model, config, leases=self._leases, changed=self._publish)
        if known is not None and known.state == pybreaker.STATE_OPEN:
            breaker.adopt(open_seconds=known.retry_after, why=known.why)
        elif known is not None:
            breaker.why = known.why
        self._breakers[provider, model] = breaker
        return breaker

    def views(self) -> list[BreakerView]:
        return [_view_of(breaker) for _, breaker in sorted(self._breakers.items())]

    def view(self, provider: str, model: str) -> BreakerView:
        return _view_of(self._find(provider, model))

    async def reset(self, provider: str, model: str) -> BreakerView:
        """Close the breaker here and in every other gateway."""
        breaker = self._find(provider, model)
        breaker.reset()
        await self._publishing.wait()
        return _view_of(breaker)

    async def sync(self) -> None:
        """Take over the states that other gateways have published."""
        answer = await self._redis.eval(READ, 1, STATES_KEY)
        now = float(answer[0])
        by_name = {breaker.name: breaker for breaker in self._breakers.values()}
        for name, value in zip(answer[1::2], answer[2::2], strict=True):
            shared = msgspec.json.decode(value, type=_Shared)
            key = name.decode()
            if shared.version == self._versions.get(key):
                continue
            self._versions[key] = shared.version
            breaker = by_name.get(key)
            if breaker is not None and shared.by != self._instance_id:
                seconds = (shared.until_ms - now) / 1000
                is_open = shared.state == pybreaker.STATE_OPEN and seconds > 0
                breaker.adopt(open_seconds=seconds if is_open else None, why=shared.why)

    def _find(self, provider: str, model: str) -> ModelBreaker:
        breaker = self._breakers.get((provider, model))
        if breaker is None:
            detail = f"no call has gone to the model {model!r} of a provider {provider!r} since this gateway started"
            raise NotFound(detail, remedy="GET /internal/breakers lists those that are known")
        return breaker

    def _publish(self, breaker: ModelBreaker, why: BreakerCause) -> None:
        state, seconds = breaker.state, breaker.retry_after
        arguments = [breaker.name, state, str(int(seconds * 1000)), why.value, self._instance_id]

        async def publish() -> None:
            self._versions[breaker.name] = await self._redis.eval(PUBLISH, 2, STATES_KEY, EVENTS_KEY, *arguments)

        self._start(publish())

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it beside the call; while Redis is away, each gateway decides for itself."""
        self._publishing.start(_tolerate_redis_away(work))


class _SharedLeases(TrialLeases):
    """Trials counted over all gateways; over this one alone while Redis is away."""

    def __init__(self, redis: Redis, start: Callable[[Coroutine[Any, Any, None]], None]) -> None:
        super().__init__()
        self._redis = redis
        self._start = start

    async def take(self, name: str, trial: UUID, *, most: int) -> bool:
        if not await super().take(name, trial, most=most):
            return False
        try:
            taken = await self._redis.eval(
                TAKE_TRIAL, 1, _TRIALS_KEY + name, str(trial), str(most), str(_TRIAL_LEASE_MS)
            )
        except RedisError as error:
            _log.debug("trial calls are bounded by this gateway alone", exc_info=error)
            return True
        if not taken:
            super().give_back(name, trial)
        return bool(taken)

    def give_back(self, name: str, trial: UUID) -> None:
        super().give_back(name, trial)

        async def give_back_shared() -> None:
            await self._redis.zrem(_TRIALS_KEY + name, str(trial))

        self._start(give_back_shared())


async def _tolerate_redis_away(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except RedisError as error:
        _log.debug("a change of a breaker did not reach the other gateways", exc_info=error)


def _view_of(breaker: ModelBreaker) -> BreakerView:
    return BreakerView(
        breaker.provider, breaker.model, breaker.state, breaker.why, round(breaker.retry_after, 3), **breaker.figures
    )
