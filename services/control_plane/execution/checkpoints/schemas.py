"""Checkpoints as the API shows them."""

import json
from datetime import datetime
from typing import Any, Generic, Self

from pydantic import BaseModel, Field

from control_plane.requests.lists.paging import Item, Page
from foundation.domain.states import StepKind
from foundation.storage.execution.checkpoints.listing import CheckpointRow
from foundation.storage.execution.checkpoints.reading import Stored
from foundation.storage.execution.checkpoints.verifying import Verified


class CheckpointView(BaseModel):
    """What stands after a turn; the step goes on from its head."""

    turn: int = Field(description="how many turns had been taken")
    at: datetime
    parts: int = Field(description="its messages, and the agent's state")
    bytes: int = Field(description="of its distinct parts, before they are compressed")
    new_bytes: int = Field(description="of the parts that the checkpoint before it has not")
    head: str = Field(description="the SHA-256 over the chain of its parts, in hexadecimal digits")
    is_head: bool = Field(description="whether the step's row names it as the last one")

    @classmethod
    def of(cls, row: CheckpointRow, *, is_head: bool) -> Self:
        return cls(
            turn=row.turn,
            at=row.created_at,
            parts=row.length,
            bytes=row.bytes,
            new_bytes=row.new_bytes,
            head=row.head.hex(),
            is_head=is_head,
        )


class CheckpointPage(Page[Item], Generic[Item]):
    """A page of a step's checkpoints."""

    hint: str | None = Field(description="of a step whose kind has no checkpoints, why it has none, and how it goes on")

    @staticmethod
    def hint_of(kind: StepKind) -> str | None:
        return None if kind is StepKind.AGENT else _HINTS.get(kind, _NO_TURNS)


_HINTS = {
    StepKind.CREW: (
        "a crew has no checkpoints: it is played again from its beginning, and each question and call that has an"
        " answer is read and not repeated; `turn` of the step counts its questions"
    )
}
_NO_TURNS = "only agents have checkpoints: a step of this kind has no turns after which it could go on"


class PartView(BaseModel):
    """One part, in the order of the conversation; the first is the agent's state."""

    digest: str = Field(description="its SHA-256, in hexadecimal digits")
    bytes: int


class Conversation(BaseModel):
    """The conversation after a turn; every part of it was verified when it was read."""

    turn: int
    at: datetime
    head: str
    parts: list[PartView]
    messages: list[dict[str, Any]] = Field(description="in OpenAI's wire form, with what the platform notes in them")

    @classmethod
    def of(cls, stored: Stored) -> Self:
        return cls(
            turn=stored.turn,
            at=stored.at,
            head=stored.head.hex(),
            parts=[
                PartView(digest=digest.hex(), bytes=len(part))
                for digest, part in zip(stored.digests, stored.parts, strict=True)
            ],
            messages=[json.loads(part) for part in stored.parts[1:]],
        )


class FaultView(BaseModel):
    """A damaged row: `checkpoints/<turn>`, `message_parts/<digest>` or `steps/<name>`."""

    row: str
    fault: str


class Verification(BaseModel):
    """What was looked at; `ok` when nothing in it is damaged."""

    ok: bool
    checkpoints: int
    parts: int
    faults: list[FaultView]

    @classmethod
    def of(cls, verified: Verified) -> Self:
        return cls(
            ok=not verified.faults,
            checkpoints=verified.checkpoints,
            parts=verified.parts,
            faults=[FaultView(row=one.row, fault=one.fault) for one in verified.faults],
        )
