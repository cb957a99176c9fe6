"""When a refusal happens: always, only at first, at every n-th request, or until a moment."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from simulated_provider.faults.clauses import Faults

_DEFAULT_STATUS = 500


@dataclass(slots=True)
class Schedule:
    """Counts requests, on which some refusals depend; `clock` returns seconds since the epoch."""

    clock: Callable[[], float] = time.time
    seen: Counter[str] = field(default_factory=Counter)

    def refusal(self, faults: Faults, *, model: str, digest: str) -> int | None:
        """Count this request; return the status with which it is refused, or None."""
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
