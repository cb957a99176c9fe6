"""The key of a model call: its run, step and turn, its request's digest, and a count of equal requests in the turn."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from foundation.domain.ids import RunId, StepId

CALL_KEY_HEADER = "x-lockstep-call-key"

_PARTS = 5
_DIGEST_LENGTH = 64


def canonical_digest(body: dict[str, Any]) -> str:
    """SHA-256 (hex) of the request as JSON with sorted keys and no spaces, so that its key order does not matter."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


_OF_THE_WAY = ("stream", "stream_options")


def call_digest(body: dict[str, Any]) -> str:
    """The digest of what is asked, however its answer travels: whole or streamed, it is one call under one key."""
    return canonical_digest({name: value for name, value in body.items() if name not in _OF_THE_WAY})


def call_key(run_id: RunId, step_id: StepId, turn: int, digest: str, occurrence: int) -> str:
    """`run:step:turn:digest:occurrence`; the occurrence tells equal requests of one turn apart, from 0."""
    return f"{run_id}:{step_id}:{turn}:{digest}:{occurrence}"


@dataclass(frozen=True, slots=True)
class CallKey:
    """A call key read back; ValueError when the text is not one."""

    run_id: RunId
    step_id: StepId
    turn: int
    digest: str
    occurrence: int

    @classmethod
    def parse(cls, text: str) -> "CallKey":
        parts = text.split(":")
        if len(parts) != _PARTS or len(parts[3]) != _DIGEST_LENGTH:
            raise ValueError("a call key is run:step:turn:sha256:occurrence")
        key = cls(RunId(UUID(parts[0])), StepId(UUID(parts[1])), int(parts[2]), parts[3], int(parts[4]))
        if str(key) != text:
            raise ValueError("a call key is written in its one canonical form")
        return key

    def __str__(self) -> str:
        return call_key(self.run_id, self.step_id, self.turn, self.digest, self.occurrence)
