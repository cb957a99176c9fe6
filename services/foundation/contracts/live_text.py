"""What a model has said so far in a turn that is under way, told as it comes; what counts is what is recorded."""

from datetime import datetime

from foundation.contracts.message import Message
from foundation.domain.ids import RunId, StepId, TenantId

MAX_LIVE_TEXT = 200_000
"""Characters of one turn that are told live; the rest comes with the step's output."""


class TurnPlace(Message):
    """Whose text it is: `root` is the outermost run above, or the run itself; `fence` rises with each holder."""

    tenant_id: TenantId
    root: RunId
    run_id: RunId
    runs_above: tuple[RunId, ...]
    step_id: StepId
    step: str
    item: int | None
    attempt: int
    fence: int
    turn: int


class TextPiece(Message):
    """Text from the character `offset` of the turn on; where it is `cut`, no more of the turn is told."""

    place: TurnPlace
    offset: int
    text: str
    cut: bool
    at: datetime
