"""One breaker over pybreaker's states, for calls that await.

pybreaker's own call path holds its lock during the call and cannot await, so pybreaker is only informed how a call
ended. Its states and counters still decide about failures in a row and about trial calls. A share of failures, 429s,
other gateways and people open or close it from outside. A 4xx or a caller that leaves does not count.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import pybreaker

from foundation.contracts.gateway.operations import BreakerCause
from foundation.domain.ids import new_uuid
from foundation.telemetry.logs import logger
from llm_gateway import metrics
from llm_gateway.breakers.recent_calls import RecentCalls
from llm_gateway.configuration.file import BreakerConfig

_log = logger(__name__)
_LEVELS = {pybreaker.STATE_CLOSED: 0, pybreaker.STATE_HALF_OPEN: 1, pybreaker.STATE_OPEN: 2}
_LONGEST_OPEN_SECONDS = 600.0


class _Failed(Exception):
    """Raised inside pybreaker's call, so that it counts a failure."""


@dataclass(slots=True)
class Permit:
    """Permission to make one call. It is released once, after one of the reports or without any."""

    breaker: "ModelBreaker"
    trial: UUID | None = None
    is_released: bool = False

    def report_success(self) -> None:
        if self._end():
            self.breaker.on_success()

    def report_failure(self) -> None:
        if self._end():
            self.breaker.on_failure()

    def report_rate_limit(self, retry_after: float | None) -> None:
        """Reports a 429. It is no sign of bad health: the provider only wants fewer calls for a while."""
        if self._end():
            self.breaker.on_rate_limit(retry_after)

    def release(self) -> None:
        """Reports a call from which nothing follows about the provider's health."""
        self._end()

    def _end(self) -> bool:
        """Whether this is the first report; a call that fails twice is one failure."""
        if self.is_released:
            return False
        self.is_released = True
        if self.trial is not None:
            self.breaker.end_trial(self.trial)
        return True


class TrialLeases:
    """Limits the trial calls to a half-open provider, here within one process; `board` counts over all gateways."""

    def __init__(self) -> None:
        self._held: dict[str, set[UUID]] = {}

    async def take(self, name: str, trial: UUID, *, most: int) -> bool:
        held = self._held.setdefault(name, set())
        if len(held) >= most:
            return False
        held.add(trial)
        return True

    def give_back(self, name: str, trial: UUID) -> None:
        self._held.get(name, set()).discard(trial)


OnChange = Callable[["ModelBreaker", BreakerCause], None]


class ModelBreaker:
    """The breaker of one provider's model."""

    def __init__(
        self,
        provider: str,
        model: str,
        config: BreakerConfig,
        *,
        leases: TrialLeases | None = None,
        changed: OnChange = lambda _breaker, _why: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.provider, self.model = provider, model
        self.name = f"{provider}/{model}"
        self.config = config
        self.why = BreakerCause.NEVER_OPENED
        self._clock = clock
        self._leases = leases or TrialLeases()
        self._changed = changed
        self._recent = RecentCalls(seconds=config.window_seconds)
        self._rate_limited = 0
        self._closed_until = 0.0
        self._breaker = pybreaker.CircuitBreaker(
            fail_max=config.failures, reset_timeout=config.open_seconds, success_threshold=config.successes
        )
        metrics.breaker_level(provider, model, _LEVELS[pybreaker.STATE_CLOSED])

    @property
    def state(self) -> str:
        """closed, open, or half-open: an open one is half-open as soon as its time is over."""
        if self._breaker.current_state == pybreaker.STATE_OPEN and not self.retry_after:
            self._breaker.half_open()
            self._publish_state(pybreaker.STATE_HALF_OPEN)
        return str(self._breaker.current_state)

    @property
    def retry_after(self) -> float:
        """Seconds until an open breaker lets a trial through."""
        return max(0.0, self._closed_until - self._clock())

    @property
    def figures(self) -> dict[str, int]:
        """What this gateway saw in the window."""
        return {"calls": self._recent.calls, "failures": self._recent.failures}

    async def permit(self) -> Permit | None:
        """Permission for one call now, or None."""
        state = self.state
        if state == pybreaker.STATE_CLOSED:
            return Permit(self)
        if state == pybreaker.STATE_HALF_OPEN:
            trial = new_uuid()
            if await self._leases.take(self.name, trial, most=self.config.trials):
                return Permit(self, trial)
        return None

    def end_trial(self, trial: UUID) -> None:
        self._leases.give_back(self.name, trial)

    def on_success(self) -> None:
        self._rate_limited = 0
        self._recent.add(self._clock(), failed=False)
        if self.state == pybreaker.STATE_OPEN:
            return
        before = self._breaker.current_state
        if before == pybreaker.STATE_CLOSED and not self._breaker.fail_counter:
            return  # pybreaker has no failures to reset, so its lock need not be taken
        self._breaker.call(lambda: None)
        if before != self._breaker.current_state:
            self._close(BreakerCause.TRIALS_SUCCEEDED)

    def on_failure(self) -> None:
        self._recent.add(self._clock(), failed=True)
        before = self.state
        if before == pybreaker.STATE_OPEN:
            return
        with suppress(_Failed, pybreaker.CircuitBreakerError):
            self._breaker.call(_fail)
        if self._breaker.current_state == pybreaker.STATE_OPEN:
            self._open(
                self.config.open_seconds,
                BreakerCause.FAILURES if before == pybreaker.STATE_CLOSED else BreakerCause.TRIAL_FAILED,
            )
        elif self._recent.failing(minimum=self.config.minimum_calls, rate=self.config.error_rate):
            self._open(self.config.open_seconds, BreakerCause.ERROR_RATE)

    def on_rate_limit(self, retry_after: float | None) -> None:
        self._rate_limited += 1
        if self._rate_limited >= self.config.rate_limited and self.state != pybreaker.STATE_OPEN:
            seconds = self.config.open_seconds if retry_after is None else retry_after
            self._open(min(_LONGEST_OPEN_SECONDS, max(1.0, seconds)), BreakerCause.RATE_LIMITED)

    def reset(self) -> None:
        """Closes the breaker on a person's order."""
        self._close(BreakerCause.RESET)

    def adopt(self, *, open_seconds: float | None, why: BreakerCause) -> None:
        """Take over the state that another gateway has published: open for so long, or closed."""
        if open_seconds is None:
            self._set_closed(why)
        else:
            self._set_open(open_seconds, why)

    def _open(self, seconds: float, why: BreakerCause) -> None:
        self._set_open(seconds, why)
        self._changed(self, why)

    def _close(self, why: BreakerCause) -> None:
        self._set_closed(why)
        self._changed(self, why)

    def _set_open(self, seconds: float, why: BreakerCause) -> None:
        self._closed_until, self.why = self._clock() + seconds, why
        self._rate_limited = 0
        self._breaker.open()
        self._publish_state(pybreaker.STATE_OPEN)

    def _set_closed(self, why: BreakerCause) -> None:
        self._closed_until, self.why = 0.0, why
        self._recent.clear()
        self._rate_limited = 0
        self._breaker.close()
        self._publish_state(pybreaker.STATE_CLOSED)

    def _publish_state(self, state: str) -> None:
        metrics.breaker_level(self.provider, self.model, _LEVELS[state])
        fields = {"provider": self.provider, "model": self.model, "state": state, "why": self.why}
        (_log.critical if state == pybreaker.STATE_OPEN else _log.info)("circuit breaker is %s", state, extra=fields)


def _fail() -> None:
    raise _Failed
