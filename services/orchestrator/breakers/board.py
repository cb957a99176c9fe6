"""All breakers of one worker."""

from collections.abc import Sequence

from foundation.contracts.presence import BreakerPresence
from foundation.domain.states import StepKind
from orchestrator.breakers.breaker import WorkerBreaker

_OF_A_SERVICE = 3
"""Fewer failures in a row than a step has attempts, so that also a step that is alone outlives an outage."""


class WorkerBreakers:
    """One breaker for each service that steps need, and one for each kind of step.

    A service's opens when it cannot be reached; a kind's when its engine fails in a way that only a fault of ours
    explains. Each worker has its own: what one cannot reach another may.
    """

    def __init__(self) -> None:
        self.model_gateway = WorkerBreaker("model_gateway", failures=_OF_A_SERVICE)
        self.tool_launcher = WorkerBreaker("tool_launcher", failures=_OF_A_SERVICE)
        self._kinds = {kind: WorkerBreaker(f"step_kind:{kind.value}") for kind in StepKind}

    def of_kind(self, kind: StepKind) -> WorkerBreaker:
        return self._kinds[kind]

    def shown(self) -> Sequence[BreakerPresence]:
        every = (self.model_gateway, self.tool_launcher, *self._kinds.values())
        return [one.shown() for one in every]
