"""The gateway's record of its attempts, in a local append-only file that outlives the process.

Each attempt writes `reserving` before the script, `dispatching` before the first byte upstream and `settled` before its
settlement, and is forgotten when PostgreSQL has its event or when it was never admitted. Writes reach the kernel, which
survives the death of the process. If the machine dies, its last lines may be lost; the holds are still in Redis, where
their leases lapse and they are charged at their bounds.
"""

import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from uuid import UUID

import msgspec

from foundation.domain.money import Amount
from llm_gateway.budget.reservation import Reservation

_SEGMENT_BYTES = 8 * 1024 * 1024


class AttemptPhase(StrEnum):
    """How far an attempt was when its line was written; a restart settles by the last of them."""

    RESERVING = "reserving"
    """Nothing was sent: after a restart the attempt costs nothing."""
    DISPATCHING = "dispatching"
    """Something may have been sent: after a restart the attempt costs its bound."""
    SETTLED = "settled"
    """What it costs is known: after a restart that is settled again, which changes nothing where it was done."""
    FORGOTTEN = "forgotten"
    """The ledger has it, or it was never admitted: nothing is left to do."""


class Settlement(msgspec.Struct, frozen=True):
    """What an attempt was settled at: its amounts, its event, and whether its answer is stored for replay."""

    tokens: int
    nano_usd: int
    event: str
    answer_stored: bool = False

    @property
    def used(self) -> Amount:
        return Amount(self.tokens, self.nano_usd)


class _JournalLine(msgspec.Struct, omit_defaults=True):
    phase: AttemptPhase
    id: UUID
    reservation: Reservation | None = None
    settlement: Settlement | None = None
    also: tuple[UUID, ...] = ()
    """Further attempts that are forgotten with this one."""


@dataclass(slots=True)
class JournalEntry:
    """One attempt whose event PostgreSQL does not have yet."""

    reservation: Reservation
    phase: AttemptPhase = AttemptPhase.RESERVING
    settlement: Settlement | None = None
    segment: int = 0
    admitted: bool = False
    """Redis has confirmed that it holds it."""
    passed_over: bool = False
    """A rebuild left it out while it was not known whether Redis holds it."""


class JournalInUse(Exception):
    """Another process writes this journal."""


class Journal:
    """One gateway's journal; `entries` are those not yet forgotten, in the order in which they began."""

    def __init__(self, folder: Path, instance_id: str) -> None:
        self._folder = folder / instance_id
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._lock)
            raise JournalInUse(f"another gateway uses the journal {self._folder}") from error
        self._encoder = msgspec.json.Encoder()
        self._buffer = bytearray()
        self.entries: dict[UUID, JournalEntry] = {}
        segments = self._read()
        self._segment = max(segments, default=0) + 1
        self._unfinished = dict.fromkeys(segments, 0) | {self._segment: 0}
        for entry in self.entries.values():
            self._unfinished[entry.segment] += 1
        self._file = self._open(self._segment)
        self._written = 0
        self._drop_finished_segments()

    def begin(self, reservation: Reservation) -> None:
        self.entries[reservation.reservation_id] = JournalEntry(reservation, segment=self._segment)
        self._unfinished[self._segment] += 1
        self._write(_JournalLine(AttemptPhase.RESERVING, reservation.reservation_id, reservation=reservation))

    def mark_dispatching(self, reservation_id: UUID) -> None:
        self.entries[reservation_id].phase = AttemptPhase.DISPATCHING
        self._write(_JournalLine(AttemptPhase.DISPATCHING, reservation_id))

    def settle(self, reservation_id: UUID, settlement: Settlement) -> None:
        entry = self.entries[reservation_id]
        entry.phase, entry.settlement = AttemptPhase.SETTLED, settlement
        self._write(_JournalLine(AttemptPhase.SETTLED, reservation_id, settlement=settlement))

    def forget(self, *identities: UUID) -> None:
        """Drop attempts whose events PostgreSQL has, or that will never have one."""
        forgotten = {identity: entry for identity in identities if (entry := self.entries.pop(identity, None))}
        if not forgotten:
            return
        first, *also = forgotten
        self._write(_JournalLine(AttemptPhase.FORGOTTEN, first, also=tuple(also)))
        for entry in forgotten.values():
            self._unfinished[entry.segment] -= 1
        if self._written > _SEGMENT_BYTES:
            self._next_segment()
        self._drop_finished_segments()

    def close(self) -> None:
        os.close(self._file)
        os.close(self._lock)

    def _write(self, line: _JournalLine) -> None:
        self._buffer.clear()
        self._encoder.encode_into(line, self._buffer)
        self._buffer += b"\n"
        os.write(self._file, self._buffer)
        self._written += len(self._buffer)

    def _next_segment(self) -> None:
        os.close(self._file)
        self._segment += 1
        self._unfinished[self._segment] = 0
        self._file = self._open(self._segment)
        self._written = 0

    def _drop_finished_segments(self) -> None:
        """Remove the oldest segments whose attempts are all forgotten.

        Only the oldest: a later segment may hold the line that forgets an attempt of an earlier one.
        """
        for segment in sorted(self._unfinished):
            if self._unfinished[segment] or segment == self._segment:
                return
            self._path(segment).unlink(missing_ok=True)
            del self._unfinished[segment]

    def _read(self) -> list[int]:
        segments = sorted(int(path.stem.removeprefix("journal-")) for path in self._folder.glob("journal-*.jsonl"))
        for segment in segments:
            for line in self._lines(segment):
                self._replay(line, segment)
        return segments

    def _lines(self, segment: int) -> Iterator[_JournalLine]:
        decoder = msgspec.json.Decoder(_JournalLine)
        for text in self._path(segment).read_bytes().splitlines():
            try:
                yield decoder.decode(text)
            except msgspec.DecodeError:
                # The machine died while it wrote this line, so nothing was done yet that depends on it.
                return

    def _replay(self, line: _JournalLine, segment: int) -> None:
        if line.phase is AttemptPhase.RESERVING and line.reservation is not None:
            self.entries[line.id] = JournalEntry(line.reservation, segment=segment)
        elif line.phase is AttemptPhase.FORGOTTEN:
            for identity in (line.id, *line.also):
                self.entries.pop(identity, None)
        elif line.id in self.entries:
            self.entries[line.id].phase = line.phase
            self.entries[line.id].settlement = line.settlement

    def _path(self, segment: int) -> Path:
        return self._folder / f"journal-{segment:08d}.jsonl"

    def _open(self, segment: int) -> int:
        return os.open(self._path(segment), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
