"""When a fault that refuses strikes: always, at first, each so many times, or until a moment."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from simulated_provider.faults.clauses import Faults

_DEFAULT_STATUS = 500


@dataclass(slots=True)
class Schedule:
    """How often each request was seen; `clock` gives seconds of the epoch."""

    clock: Callable[[], float] = time.time
    seen: Counter[str] = field(default_factory=Counter)

    def refusal(self, faults: Faults, *, model: str, digest: str) -> int | None:
        """The status to refuse this request with, or None; each asking counts as a request."""
        if faults.fail_until is not None:
            strikes = self.clock() < faults.fail_until
        elif faults.fail_every is not None:
            self.seen[model] += 1
            strikes = self.seen[model] % faults.fail_every == 0
        elif faults.flap is not None:
            self.seen[digest] += 1
            strikes = self.seen[digest] <= faults.flap
        else:
            return faults.status
        return (faults.status or _DEFAULT_STATUS) if strikes else None
