"""What a vendor's client says in its own log of the requests that it makes."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Noted:
    """The requests that were answered, and how many seconds the client waited before each repetition."""

    answered: int = 0
    waits: list[float] = field(default_factory=list)


class _Handler(logging.Handler):
    def __init__(self, noted: Noted) -> None:
        super().__init__()
        self._noted = noted

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg.startswith("HTTP Response:"):
            self._noted.answered += 1
        elif record.msg.startswith("Retrying request"):
            self._noted.waits += [value for value in record.args or () if isinstance(value, float)]


@contextmanager
def noting(library: str) -> Iterator[Noted]:
    """`openai` or `anthropic`."""
    noted = Noted()
    handler, log = _Handler(noted), logging.getLogger(library)
    level, spread = log.level, log.propagate
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    log.propagate = False
    try:
        yield noted
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
        log.propagate = spread
