"""The journal of a job's requests: each that was let through, and refusals up to a bound, beyond which they count."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from foundation.contracts.egress.records import MAX_REFUSALS, EgressReason, EgressRecord, EgressReport, EgressVerdict
from foundation.telemetry.logs import logger

_log = logger(__name__)


@dataclass
class Entry:
    """A request while it goes on; what is known of it so far."""

    method: str = ""
    host: str = ""
    port: int | None = None
    target: str = ""
    verdict: EgressVerdict = EgressVerdict.REFUSED
    reason: EgressReason | None = EgressReason.JOB_ENDED
    address: str | None = None
    has_reached: bool = False
    """Whether anything was sent out for it; of what lies inside the platform no address is told."""
    secrets: tuple[str, ...] = ()
    up: int = 0
    down: int = 0

    def name(self, method: str, host: str, port: int) -> None:
        self.method, self.host, self.port = method, host, port

    def fail(self, reason: EgressReason) -> None:
        """Refused, or cut where it has reached something already."""
        self.verdict = EgressVerdict.CUT if self.has_reached else EgressVerdict.REFUSED
        self.reason = reason

    def let_through(self, address: str | None) -> None:
        """From here on the request has reached something; it counts as cut unless it ends well."""
        self.verdict, self.reason = EgressVerdict.CUT, EgressReason.JOB_ENDED
        self.address, self.has_reached = address, True

    def ended(self) -> None:
        self.verdict, self.reason = EgressVerdict.ALLOWED, None


@dataclass
class EgressJournal:
    """One job's; `report` is what is handed in with its result. Each entry is logged as well, at once."""

    clock: Callable[[], float] = time.monotonic
    grew: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a request was written down; whoever reads on clears it."""
    _records: list[EgressRecord] = field(default_factory=list)
    _refusals: int = 0

    @contextmanager
    def entry(self) -> Iterator[Entry]:
        """An entry that is written when its request is over, however that comes about."""
        entry, at, began = Entry(), datetime.now(UTC), self.clock()
        try:
            yield entry
        finally:
            told = {name: value for name, value in vars(entry).items() if name != "has_reached"}
            self._write(EgressRecord(at=at, ms=round((self.clock() - began) * 1000), **told))

    def _write(self, record: EgressRecord) -> None:
        self.grew.set()
        if record.verdict is EgressVerdict.REFUSED:
            self._refusals += 1
            if self._refusals > MAX_REFUSALS:
                return
        self._records.append(record)
        _log.info("egress", extra=record.model_dump(mode="json", exclude={"at"}, exclude_none=True))

    def since(self, count: int) -> tuple[tuple[EgressRecord, ...], int]:
        """The records that were written after the first `count`, and how many refusals have none until now."""
        return tuple(self._records[count:]), max(0, self._refusals - MAX_REFUSALS)

    def report(self) -> EgressReport:
        """In the order in which they began: a refusal is often over before the request that was made before it."""
        in_order = sorted(self._records, key=lambda record: record.at)
        return EgressReport(records=tuple(in_order), refusals_left_out=max(0, self._refusals - MAX_REFUSALS))
