"""Faults that a caller chooses by the model's name: `fault-<clause>[+<clause>…]`.

`status=429`          answer this status instead        `retry-after=2`   with this header, in seconds
`flap=2`              the status only for the first 2 requests with the same body
`slow=1.5`            seconds before the first byte      `hang`            never answer at all
`cut=3`               close the connection after 3 chunks
`stall=3`             fall silent after 3 chunks         `malformed=3`     after 3 chunks send what is no JSON
`error-event=3`       after 3 chunks send an error event and end
`no-usage`            leave the usage out                `absurd-usage`    claim 10^9 tokens (the invoice is true)
`chunks=40`           answer with this many chunks       `delay=0.05`      seconds between chunks
`unbilled-abort`      stop and bill only what was sent when the client goes away (otherwise it bills to the end)
"""

from dataclasses import dataclass, field
from typing import Any

PREFIX = "fault-"


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong with one answer; the default is nothing."""

    status: int | None = None
    retry_after: float | None = None
    flap: int | None = None
    slow: float = 0.0
    hang: bool = False
    cut: int | None = None
    stall: int | None = None
    malformed: int | None = None
    error_event: int | None = None
    no_usage: bool = False
    absurd_usage: bool = False
    chunks: int | None = None
    delay: float | None = None
    unbilled_abort: bool = False


_KINDS: dict[str, type] = {
    "status": int,
    "retry_after": float,
    "flap": int,
    "slow": float,
    "cut": int,
    "stall": int,
    "malformed": int,
    "error_event": int,
    "chunks": int,
    "delay": float,
}
_FLAGS = frozenset({"hang", "no_usage", "absurd_usage", "unbilled_abort"})


def faults_of(model: str) -> Faults:
    """The faults that a model's name asks for; ValueError when it names one that does not exist."""
    if not model.startswith(PREFIX):
        return Faults()
    chosen: dict[str, Any] = {}
    for clause in model.removeprefix(PREFIX).split("+"):
        name, _, value = clause.partition("=")
        name = name.replace("-", "_")
        if name in _FLAGS and not value:
            chosen[name] = True
        elif name in _KINDS and value:
            chosen[name] = _KINDS[name](value)
        else:
            raise ValueError(f"no such fault: {clause!r}")
    return Faults(**chosen)


@dataclass(slots=True)
class Flapping:
    """How often each request was seen, for faults that pass after a while."""

    seen: dict[str, int] = field(default_factory=dict)

    def still_failing(self, digest: str, faults: Faults) -> bool:
        if faults.flap is None:
            return True
        self.seen[digest] = self.seen.get(digest, 0) + 1
        return self.seen[digest] <= faults.flap
