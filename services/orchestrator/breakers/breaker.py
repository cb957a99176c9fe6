"""One breaker over pybreaker's states, for calls that await.

pybreaker's own call path holds its lock during the call and cannot await, so it is only told how each call ended.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import pybreaker

from foundation.contracts.gateway.operations import BreakerState
from foundation.contracts.presence import BreakerPresence
from foundation.domain.errors import DependencyUnavailable
from foundation.telemetry.logs import logger
from orchestrator.presence import figures

FAILURES = 5
"""So many failures in a row open a breaker."""
OPEN_SECONDS = 15.0
"""After which one call is let through to try."""

_log = logger(__name__)
_LEVELS = {BreakerState.CLOSED: 0, BreakerState.HALF_OPEN: 1, BreakerState.OPEN: 2}


class BreakerOpen(DependencyUnavailable):
    """What the call needs has failed again and again just now, so the call is not made; nothing of it has begun.

    `retry_after` is when the next call may be let through.
    """

    def __init__(self, name: str, *, seconds: float) -> None:
        super().__init__(f"{name} has failed again and again, and is tried again soon", retry_after=seconds)
        self.name = name


class _Failed(Exception):
    """Raised inside pybreaker's call, so that it counts a failure."""


@dataclass(slots=True)
class Trial:
    """A call that was let through; it is reported once, as a success, a failure, or neither."""

    breaker: "WorkerBreaker"
    is_only_one: bool
    is_reported: bool = False

    def succeeded(self) -> None:
        if self._report():
            self.breaker.on_success()

    def failed(self) -> None:
        if self._report():
            self.breaker.on_failure()

    def says_nothing(self) -> None:
        """What became of the call tells nothing about the health of what was called."""
        self._report()

    def _report(self) -> bool:
        if self.is_reported:
            return False
        self.is_reported = True
        if self.is_only_one:
            self.breaker.trial_is_over()
        return True


class WorkerBreaker:
    """Opens after failures in a row; while it is open no call is made, and then one at a time until one succeeds."""

    def __init__(
        self,
        name: str,
        *,
        failures: int = FAILURES,
        open_seconds: float = OPEN_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._open_seconds = open_seconds
        self._clock = clock
        # Its own time-out is never used: this class decides when an open breaker lets a call through.
        self._breaker = pybreaker.CircuitBreaker(fail_max=failures, reset_timeout=0, name=name)
        self._opened_at = 0.0
        self._since = datetime.now(UTC)
        self._on_trial = False
        self._show()

    @property
    def state(self) -> BreakerState:
        return BreakerState(self._breaker.current_state)

    @property
    def seconds_left(self) -> float:
        """Until a call is let through; 0 when one may be now."""
        if self.state is BreakerState.CLOSED:
            return 0.0
        return max(self._opened_at + self._open_seconds - self._clock(), 0.0)

    def let_through(self) -> Trial:
        """Permission for one call, which must be reported; `BreakerOpen` when none is to be made now."""
        if self.state is BreakerState.CLOSED:
            return Trial(self, is_only_one=False)
        if self._on_trial or self.seconds_left > 0:
            raise BreakerOpen(self.name, seconds=self.seconds_left or self._open_seconds)
        self._on_trial = True
        self._breaker.half_open()
        self._changed()
        return Trial(self, is_only_one=True)

    @contextmanager
    def judged_by(self, *failures: type[Exception], began_nothing: type[Exception] | None = None) -> Iterator[Trial]:
        """Makes the block one call: it failed if it raises one of these, and tells nothing if it raises another.

        A call that only was to try whether things are well again, and that `began_nothing`, leaves as `BreakerOpen`:
        an outage is not to use up the attempts of whichever step tries.
        """
        trial = self.let_through()
        try:
            yield trial
        except failures as error:
            trial.failed()
            if trial.is_only_one and began_nothing is not None and isinstance(error, began_nothing):
                raise BreakerOpen(self.name, seconds=self.seconds_left) from error
            raise
        except BaseException:
            trial.says_nothing()
            raise
        trial.succeeded()

    def on_success(self) -> None:
        before = self.state
        self._breaker.call(lambda: None)
        if self.state is not before:
            _log.info("what had failed answers again", extra={"breaker": self.name})
            self._changed()

    def on_failure(self) -> None:
        before = self.state

        def fail() -> None:
            raise _Failed

        # pybreaker raises its own error in the call that opens it.
        with suppress(_Failed, pybreaker.CircuitBreakerError):
            self._breaker.call(fail)
        if self.state is BreakerState.OPEN:
            self._opened_at = self._clock()
            if before is BreakerState.CLOSED:
                _log.critical("a breaker opened; steps that need it wait", extra={"breaker": self.name})
        self._changed()

    def trial_is_over(self) -> None:
        self._on_trial = False

    def shown(self) -> BreakerPresence:
        """As whoever operates the platform sees it."""
        return BreakerPresence(
            name=self.name, state=self.state, since=self._since, retry_after_seconds=round(self.seconds_left, 1)
        )

    def _changed(self) -> None:
        self._since = datetime.now(UTC)
        self._show()

    def _show(self) -> None:
        figures.BREAKERS.labels(self.name).set(_LEVELS[self.state])
