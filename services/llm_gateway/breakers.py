"""Circuit breakers over pybreaker's states, for calls that await.

pybreaker's own call path holds its lock during the call and does not await; here it is only told how a call ended. Its
states, counters and listeners still decide. One a provider and model; 4xx and a client's abort say nothing.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import pybreaker

from foundation.telemetry.logs import logger
from llm_gateway import metrics
from llm_gateway.routes_config import BreakerConfig

_log = logger(__name__)
_LEVELS = {pybreaker.STATE_CLOSED: 0, pybreaker.STATE_HALF_OPEN: 1, pybreaker.STATE_OPEN: 2}


class _Failed(Exception):
    """Tells pybreaker that a call failed."""


class _Publisher(pybreaker.CircuitBreakerListener):
    def __init__(self, provider: str, model: str) -> None:
        self._provider = provider
        self._model = model

    def state_change(self, _cb: object, _old: object, new_state: pybreaker.CircuitBreakerState) -> None:
        # pybreaker tells its listeners before it stores the new state
        metrics.BREAKER_STATE.labels(self._provider).set(_LEVELS[new_state.name])
        about = {"provider": self._provider, "model": self._model, "state": new_state.name}
        _log.warning("circuit breaker changed", extra=about)


@dataclass(slots=True)
class Permit:
    """Leave to make one call; tell it once how the call ended."""

    breaker: "Breaker"
    trial: bool
    told: bool = False

    def succeeded(self) -> None:
        self._tell(self.breaker.on_success)

    def failed(self) -> None:
        self._tell(self.breaker.on_failure)

    def nothing_learned(self) -> None:
        self._tell(lambda: None)

    def _tell(self, what: Callable[[], None]) -> None:
        if self.told:
            return
        self.told = True
        if self.trial:
            self.breaker.trials -= 1
        what()


class Breaker:
    """One provider's model."""

    def __init__(
        self, provider: str, model: str, config: BreakerConfig, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._config = config
        self._clock = clock
        self._opened_at = 0.0
        self.trials = 0
        self._breaker = pybreaker.CircuitBreaker(
            fail_max=config.failures,
            reset_timeout=config.open_seconds,
            success_threshold=config.successes,
            listeners=[_Publisher(provider, model)],
            name=f"{provider}/{model}",
        )
        metrics.BREAKER_STATE.labels(provider).set(0)

    @property
    def state(self) -> str:
        return str(self._breaker.current_state)

    @property
    def retry_after(self) -> float:
        """Seconds until an open breaker lets a trial through."""
        return max(0.0, self._opened_at + self._config.open_seconds - self._clock())

    def permit(self) -> Permit | None:
        """Leave for one call now, or None."""
        if self.state == pybreaker.STATE_OPEN and not self.retry_after:
            self._breaker.half_open()
        if self.state == pybreaker.STATE_CLOSED:
            return Permit(self, trial=False)
        if self.state == pybreaker.STATE_HALF_OPEN and self.trials < self._config.trials:
            self.trials += 1
            return Permit(self, trial=True)
        return None

    def on_success(self) -> None:
        if self.state != pybreaker.STATE_OPEN:
            self._breaker.call(lambda: None)

    def on_failure(self) -> None:
        if self.state == pybreaker.STATE_OPEN:
            return
        with suppress(_Failed, pybreaker.CircuitBreakerError):
            self._breaker.call(_fail)
        if self.state == pybreaker.STATE_OPEN:
            self._opened_at = self._clock()


def _fail() -> None:
    raise _Failed
