"""How many answers of each provider are read to their end although nobody waits for them."""

from collections import Counter

from llm_gateway.configuration.file import OnDisconnect
from llm_gateway.routing.routes import Target


class Drains:
    """Counts them by provider; above the bound in its table, answers are broken off instead."""

    def __init__(self) -> None:
        self._running: Counter[str] = Counter()

    def begin(self, target: Target) -> bool:
        """Whether this one may be read to its end; then `end` is owed."""
        if target.on_disconnect is OnDisconnect.ABORT or self._running[target.provider.name] >= target.most_drains:
            return False
        self._running[target.provider.name] += 1
        return True

    def end(self, target: Target) -> None:
        self._running[target.provider.name] -= 1
