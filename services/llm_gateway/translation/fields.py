"""Which members of an object a translation passes on, drops or refuses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from foundation.domain.errors import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """A table of names; what stands in none of its columns does not pass, and `null` asks for nothing anywhere.

    `spoken` have a word on the other side. `dropped` change nothing in the answer that the caller counts on. `neutral`
    ask for nothing at this value, and cannot be said at any other.
    """

    spoken: frozenset[str]
    dropped: frozenset[str] = frozenset()
    neutral: Mapping[str, object] = field(default_factory=dict)

    def faults(self, members: Mapping[str, Any], *, at: str = "") -> Iterator[Fault]:
        """One for each member that would be lost; `at` is the object's own place."""
        for name, value in members.items():
            if value is None or name in self.spoken or name in self.dropped:
                continue
            if name not in self.neutral or value != self.neutral[name]:
                yield Fault(f"{at}/{_escaped(name)}", "the provider's dialect has no word for it")


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
