"""What tools really did: as runners logged it when they began and ended each job, and not as the database has it."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

_NEVER_BEGAN = frozenset({"job_expired", "input_unavailable"})
"""The reasons with which a job ends whose program was not begun."""


@dataclass(slots=True)
class Effects:
    """How often the program of each job was begun and was seen to end, since this was made."""

    log: Path
    begun: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    _from: int = field(init=False)

    def __post_init__(self) -> None:
        self._from = self.log.stat().st_size

    def read(self) -> None:
        """Reads the whole log from that moment on."""
        self.begun.clear()
        self.ended.clear()
        with self.log.open("rb") as file:
            file.seek(self._from)
            for line in file:
                if b'"job_id"' in line:
                    self._note(json.loads(line))

    def _note(self, said: dict[str, str]) -> None:
        if said["message"] == "job started":
            self.begun[said["job_id"]] += 1
        elif said["message"] == "job ended":
            self.ended[said["job_id"]] += 1
            if said["reason"] in _NEVER_BEGAN:
                self.begun[said["job_id"]] -= 1
