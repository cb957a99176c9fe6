"""The people of the load: they decide what they are asked, and pause, resume, cancel, retry and fork at random."""

import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import uuid4

import httpx

from chaos_parts.ground import Ground
from chaos_parts.kinds import LEFT
from chaos_parts.load import Load, Played

_DISTURBED = 0.45
_FIRST_SECONDS, _NEXT_SECONDS = (0.5, 12.0), (1.0, 6.0)
_APPROVED, _RETRIED = 0.85, 0.6
_LOOK_SECONDS, _DOUBT_SECONDS = 1.0, 3.0
_MOST_RETRIES = 2


@dataclass(slots=True)
class _Act:
    """What somebody does with a run at a moment (monotonic), as soon as the API answers."""

    at: float
    do: Callable[[], bool]


@dataclass(slots=True)
class People:
    """`done` counts what was done, `refused` what the API refused, such as to pause a run that has just ended."""

    ground: Ground
    load: Load
    chance: random.Random
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    _acts: list[_Act] = field(default_factory=list)
    _met: set[str] = field(default_factory=set)
    _judged: Counter[str] = field(default_factory=Counter)
    _looked_at: float = 0.0

    def act(self, *, settling: bool = False) -> None:
        """Does what is due; while everything settles nothing is disturbed any more, and what is paused goes on."""
        now = time.monotonic()
        for run in list(self.load.played.values()):
            if run.run_id not in self._met and not settling:
                self._met.add(run.run_id)
                self._plan(run, now)
            if run.has_ended and run.status in {"FAILED", "CANCELLED"} and not settling:
                self._perhaps_retry(run, now)
        due = [act for act in self._acts if act.at <= now or settling]
        self._acts = [act for act in self._acts if act not in due]
        self._acts += [act for act in due if not act.do()]
        if now - self._looked_at >= _LOOK_SECONDS:
            self._looked_at = now
            self._decide_requests()
            self._decide_doubts(now)
            if settling:
                self._resume_what_is_paused()

    def _plan(self, run: Played, now: float) -> None:
        if self.chance.random() >= _DISTURBED:
            return
        at = now + self.chance.uniform(*_FIRST_SECONDS)
        what = self.chance.choice((self._pause, self._pause, self._cancel, self._fork))
        self._acts.append(_Act(at, lambda: what(run)))

    def _later(self, do: Callable[[], bool]) -> None:
        self._acts.append(_Act(time.monotonic() + self.chance.uniform(*_NEXT_SECONDS), do))

    def _pause(self, run: Played) -> bool:
        paused = self._posted("paused", f"/runs/{run.run_id}/pause")
        if paused:
            self._later(lambda: self._posted("resumed", f"/runs/{run.run_id}/resume") is not None)
        return paused is not None

    def _cancel(self, run: Played) -> bool:
        return self._counted("cancelled", self.ground.ask("DELETE", f"/runs/{run.run_id}")) is not None

    def _fork(self, run: Played) -> bool:
        """Waits until its step has ended; a run that ended in another way is not forked."""
        if not run.has_ended:
            return False
        headers = {"Idempotency-Key": str(uuid4())}
        answer = self.ground.ask("POST", f"/runs/{run.run_id}/fork", json={"from": run.kind.fork_from}, headers=headers)
        forked = self._counted("forked", answer)
        if forked and answer is not None:
            self._met.add(self.load.adopt(str(answer.json()["id"]), run.name).run_id)
        return forked is not None

    def _perhaps_retry(self, run: Played, now: float) -> None:
        """Each end that was not a success is retried or left, once."""
        if self._judged[run.run_id] >= _MOST_RETRIES:
            return
        self._judged[run.run_id] += 1
        if self.chance.random() < _RETRIED:
            self._acts.append(_Act(now + self.chance.uniform(*_NEXT_SECONDS), lambda: self._retry(run)))

    def _retry(self, run: Played) -> bool:
        retried = self._posted("retried", f"/runs/{run.run_id}/retry", {})
        if retried:
            run.status = "PENDING"
        return retried is not None

    def _decide_requests(self) -> None:
        pending = self.ground.read("/approvals", params={"status": "pending", "limit": 100})
        for request in [] if pending is None else pending["items"]:
            if request["message"] == LEFT:
                continue
            approve = bool(request["call"]) or self.chance.random() < _APPROVED
            decision = {"decision": "approve" if approve else "reject", "comment": "decided under chaos"}
            self._posted("decided", f"/approvals/{request['id']}", decision)

    def _decide_doubts(self, now: float) -> None:
        """What a tool did that nobody saw is not known here either: the people of this load guess."""
        for run in self.load.open:
            if not run.kind.may_doubt or now - run.since < _DOUBT_SECONDS:
                continue
            explained = self.ground.read(f"/runs/{run.run_id}/explain")
            for wait in [] if explained is None else explained["waits"]:
                if wait["for"] == "decision":
                    decision = self.chance.choice(("retry", "accept", "fail"))
                    self._posted(
                        f"outcome: {decision}",
                        f"/runs/{run.run_id}/steps/{wait['step']}/outcome",
                        {"decision": decision},
                    )

    def _resume_what_is_paused(self) -> None:
        """Also what was paused by a request whose answer was lost."""
        for run in self.load.open:
            if run.status == "PAUSED":
                self._posted("resumed", f"/runs/{run.run_id}/resume")

    def _posted(self, what: str, path: str, body: Mapping[str, object] | None = None) -> bool | None:
        return self._counted(what, self.ground.ask("POST", path, json=body))

    def _counted(self, what: str, answer: httpx.Response | None) -> bool | None:
        """Whether it was done; None when there was no answer."""
        if answer is None:
            return None
        (self.done if answer.is_success else self.refused)[what] += 1
        return answer.is_success
