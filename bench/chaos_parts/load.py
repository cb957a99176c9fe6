"""Keeps runs of all kinds going while things die, and says of each how it ended."""

import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from chaos_parts.ground import Ground
from chaos_parts.kinds import BUDGET_TOKENS, BUDGET_USD, CHILD, CHILD_STEPS, KINDS, LEFT_ALONE, Kind

ENDED = frozenset({"COMPLETED", "FAILED", "BUDGET_EXCEEDED", "CANCELLED", "TIMED_OUT"})
_RUN_SECONDS = 1_800
_LEFT = "left alone"


@dataclass(slots=True)
class Played:
    """One run that was started here; `status` is what the API last said."""

    run_id: str
    name: str
    kind: Kind
    since: float
    status: str = "PENDING"

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED


@dataclass(slots=True)
class Load:
    """Starts at most `runs` runs, of which at most `at_once` are open; forks and runs below runs come on top."""

    ground: Ground
    chance: random.Random
    runs: int
    at_once: int
    left_alone: int
    played: dict[str, Played] = field(default_factory=dict)
    waiting_for_people: list[str] = field(default_factory=list)
    """The runs whose request nobody decides."""
    wrong: list[str] = field(default_factory=list)
    """Runs that completed with another output than theirs."""
    started: Counter[str] = field(default_factory=Counter)
    _tasks: dict[str, str] = field(default_factory=dict)
    _deck: list[str] = field(default_factory=list)
    _key: str = field(default_factory=lambda: str(uuid4()))

    def prepare(self) -> None:
        """Makes the tasks and the runs that wait until the end; before anything dies."""
        self._make_task(CHILD, CHILD_STEPS)
        for name, kind in {**KINDS, _LEFT: LEFT_ALONE}.items():
            self._make_task(name, kind.steps)
        for _ in range(self.left_alone):
            run = self._start(_LEFT, LEFT_ALONE)
            if run is None:
                raise RuntimeError("the stack is not well, before anything has died")
            self.waiting_for_people.append(run)

    @property
    def open(self) -> list[Played]:
        return [run for run in self.played.values() if not run.has_ended]

    def start_some(self) -> None:
        """Starts runs until so many are open or have been started as may."""
        while len(self.open) < self.at_once and sum(self.started.values()) - self.left_alone < self.runs:
            if not self._deck:
                self._deck = [name for name, kind in KINDS.items() for _ in range(kind.share)]
                self.chance.shuffle(self._deck)
            run_id = self._start(self._deck[-1], KINDS[self._deck[-1]])
            if run_id is None:
                return
            name = self._deck.pop()
            self.adopt(run_id, name)

    def adopt(self, run_id: str, name: str) -> Played:
        """Counts a run, which somebody has started, as one of this load."""
        self.played[run_id] = run = Played(run_id, name, KINDS[name], time.monotonic())
        return run

    def look(self) -> None:
        """Reads how the open runs are."""
        for run in self.open:
            found = self.ground.read(f"/runs/{run.run_id}")
            if found is None:
                return
            run.status = found["status"]
            if run.status == "COMPLETED" and not run.kind.is_right(found["output"]):
                self.wrong.append(f"{run.run_id} ({run.name}) completed with {str(found['output'])[:300]}")

    def statuses(self) -> dict[str, dict[str, int]]:
        """By kind, how many runs are in which state."""
        counted: dict[str, Counter[str]] = {}
        for run in self.played.values():
            counted.setdefault(run.name, Counter())[run.status] += 1
        return {name: dict(counts) for name, counts in sorted(counted.items())}

    def _make_task(self, name: str, steps: list[dict[str, Any]]) -> None:
        task = {
            "name": name,
            "budget": {"tokens": BUDGET_TOKENS, "cost_usd": BUDGET_USD},
            "timeout_seconds": _RUN_SECONDS,
            "steps": steps,
        }
        answer = self.ground.ask("POST", "/tasks", json=task)
        if answer is None or not answer.is_success:
            raise RuntimeError(f"the task {name} was not made: {answer.text if answer is not None else 'no answer'}")
        self._tasks[name] = answer.json()["id"]

    def _start(self, name: str, kind: Kind) -> str | None:
        """The new run's id; None when there was no answer, and then the next try is the same request."""
        body = {"task_id": self._tasks[name], "input": dict(kind.input)}
        answer = self.ground.ask("POST", "/runs", json=body, headers={"Idempotency-Key": self._key})
        if answer is None:
            return None
        answer.raise_for_status()
        self._key = str(uuid4())
        self.started[name] += 1
        return str(answer.json()["id"])
