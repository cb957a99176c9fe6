"""The egress services that have told where they are, of which each new job gets one for its whole life."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tool_runtime.protocol import EGRESS_SEEN_SECONDS, EgressServicePlace


@dataclass(eq=False)
class EgressServiceSeen:
    """One process of the service, by the name that it gave itself."""

    name: str
    place: EgressServicePlace
    seen: float
    jobs: int = 0
    """That have it as their way out now."""


@dataclass
class EgressServices:
    """What a job has taken is counted by one process alone, so that a job never has two."""

    clock: Callable[[], float] = time.monotonic
    _known: dict[str, EgressServiceSeen] = field(default_factory=dict)

    def see(self, name: str, place: EgressServicePlace) -> None:
        """One is there, and told where."""
        known = self._known.get(name)
        if known is None:
            self._known[name] = EgressServiceSeen(name, place, self.clock())
        else:
            known.place, known.seen = place, self.clock()

    def forget(self, name: str) -> None:
        """One takes no further jobs; those that it has go on."""
        self._known.pop(name, None)

    def choose(self) -> EgressServiceSeen | None:
        """The one with the fewest jobs of those that were heard of lately; None where there is none."""
        self._known = {name: one for name, one in self._known.items() if self.is_there(one)}
        return min(self._known.values(), key=lambda one: one.jobs, default=None)

    def none_is_there(self) -> bool:
        """Whether a job that begins now would reach nothing."""
        return not any(map(self.is_there, self._known.values()))

    def is_there(self, service: EgressServiceSeen) -> bool:
        return self.clock() - service.seen < EGRESS_SEEN_SECONDS
