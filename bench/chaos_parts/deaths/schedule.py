"""Who dies when: drawn from a seed before anything happens, and then carried out beside the runs."""

import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import psutil

from chaos_parts.deaths.victims import Victim, thaw

_LONGEST_FREEZE = 12.0
_AFTER_THE_LEASE = (46.0, 55.0)
"""Seconds; a worker that is frozen so long wakes after its leases have lapsed, which they do after 45 s."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """At `at` seconds from the beginning the victim is killed, or frozen for `frozen_for` seconds."""

    at: float
    victim: Victim
    frozen_for: float | None = None

    @property
    def what(self) -> str:
        return f"{self.victim.name} {'killed' if self.frozen_for is None else 'frozen'}"


def drawn(
    chance: random.Random, victims: Sequence[Victim], *, seconds: float, between: tuple[float, float]
) -> list[Stroke]:
    """Strokes with pauses of `between` seconds; each victim is killed and frozen before any is again."""
    if not victims:
        return []
    strokes: list[Stroke] = []
    deck: list[tuple[Victim, bool]] = []
    at = chance.uniform(*between) / 2
    while at < seconds:
        if not deck:
            deck = [(victim, frozen) for victim in victims for frozen in (False, True)]
            chance.shuffle(deck)
        victim, frozen = deck.pop()
        outlives_its_leases = victim.name == "worker" and seconds > 2 * _AFTER_THE_LEASE[1] and chance.random() < 0.5
        lasts = chance.uniform(*_AFTER_THE_LEASE) if outlives_its_leases else chance.uniform(1, _LONGEST_FREEZE)
        strokes.append(Stroke(at, victim, min(lasts, seconds / 3) if frozen else None))
        at += chance.uniform(*between)
    return strokes


@dataclass(slots=True)
class Striking:
    """Carries out strokes in a thread of its own; leaving it thaws whatever still stands."""

    strokes: Sequence[Stroke]
    chance: random.Random
    counted: Counter[str] = field(default_factory=Counter)
    missed: int = 0
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _thawing: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, name="strokes", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        for thread in self._thawing:
            thread.join()

    def _run(self) -> None:
        began = time.monotonic()
        for stroke in self.strokes:
            if self._over.wait(max(0, began + stroke.at - time.monotonic())):
                return
            self._strike(stroke)

    def _strike(self, stroke: Stroke) -> None:
        if stroke.frozen_for is None:
            struck = stroke.victim.kill(self.chance.choice)
        else:
            frozen = stroke.victim.freeze()
            struck = bool(frozen)
            thread = threading.Thread(target=self._thaw_after, args=(stroke.frozen_for, frozen), daemon=True)
            self._thawing.append(thread)
            thread.start()
        if not struck:
            self.missed += 1
            return
        self.counted[stroke.what] += 1
        lasts = "" if stroke.frozen_for is None else f" for {stroke.frozen_for:.0f} s"
        print(f"{stroke.at:6.1f} s  {stroke.what}{lasts}", file=sys.stderr, flush=True)

    def _thaw_after(self, seconds: float, frozen: Sequence[psutil.Process]) -> None:
        self._over.wait(seconds)
        thaw(frozen)
