"""Workers beside the supervised one that kill themselves at a named failpoint, a few at a time."""

import json
import random
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import psutil

from orchestrator.failpoints import PLACES
from supervisor.settings import ROOT

_LOOK_SECONDS = 0.1
_TIMES = (1, 1, 2)
"""A place is where a worker dies when it comes there for the first or the second time."""
_SHORT_LEASES = {
    "LOCKSTEP_LEASE_SECONDS": "4",
    "LOCKSTEP_RENEW_SECONDS": "1",
    "LOCKSTEP_VISIBILITY_SECONDS": "10",
    "LOCKSTEP_POLL_SECONDS": "1",
}
"""What such a worker leaves behind lapses soon, so that many can die in little time."""


@dataclass(slots=True)
class Doomed:
    """Has workers start, reach a place and die, one after the other.

    Each dies at the first place it reaches of those that none has reached before. One that reaches none is killed.
    """

    environment: dict[str, str]
    log: Path
    chance: random.Random
    longest_seconds: float
    at_once: int
    places: Sequence[str] = PLACES
    reached: Counter[str] = field(default_factory=Counter)
    in_vain: int = 0
    _drawing: threading.Lock = field(default_factory=threading.Lock)
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        for number in range(self.at_once):
            thread = threading.Thread(target=self._run, args=(number,), name="doomed workers", daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _run(self, number: int) -> None:
        while not self._over.is_set():
            self._start_one(self.log.with_suffix(f".{number}.log"))

    def _left(self) -> list[str]:
        """The places that fewest workers have died at."""
        with self._drawing:
            least = min(self.reached[place] for place in self.places)
            left = [place for place in self.places if self.reached[place] == least]
            return [f"{place}:{self.chance.choice(_TIMES)}" for place in left]

    def _start_one(self, log: Path) -> None:
        environment = {
            **self.environment,
            "LOCKSTEP_FAILPOINT": ",".join(self._left()),
            "LOCKSTEP_PORT_WORKER_HEALTH": str(_free_port()),
            "LOCKSTEP_METRICS_PORT": str(_free_port()),
        }
        with log.open("wb") as output:
            command = [sys.executable, "-m", "orchestrator"]
            worker = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
        deadline = time.monotonic() + self.longest_seconds
        while worker.poll() is None and time.monotonic() < deadline and not self._over.wait(_LOOK_SECONDS):
            pass
        worker.kill()
        worker.wait()
        place = _place_in(log)
        with self._drawing:
            if place is None:
                self.in_vain += 1
            else:
                self.reached[place] += 1
                print(f"          a worker died at {place}", file=sys.stderr, flush=True)


def _place_in(log: Path) -> str | None:
    """The place at which the worker with this log killed itself."""
    for line in log.read_bytes().splitlines():
        if b'"failpoint"' in line:
            return str(json.loads(line)["failpoint"])
    return None


def short_lived(worker: psutil.Process) -> dict[str, str]:
    """The variables of a worker like this one, but with leases that lapse soon."""
    return {**worker.environ(), **_SHORT_LEASES}


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
