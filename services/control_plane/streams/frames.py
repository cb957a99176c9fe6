"""Server-sent events as text: what a stream says, as HTML's standard of event sources has it."""

import json
import random
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from control_plane.streams.event_view import RunEventView
from foundation.contracts.live_text import TextPiece
from foundation.contracts.moments import told
from foundation.domain.ids import RunId, StepId
from foundation.domain.run_events import RunEventType
from foundation.storage.execution.event_streams import EventPlace, StreamedEvent

HEARTBEAT = b": still here\n\n"
"""A comment, which clients pass over."""

TEXT_TYPE = "step.text"
"""The one type of event that is told and never stored."""

_AGAIN_MS = (500, 3000)


class StreamEnd(StrEnum):
    """Why a stream has ended."""

    RUN_ENDED = "run_ended"
    """All has been told. Whoever asks again after the last event gets 204, by which an event source stops."""
    DRAINING = "draining"
    """This process stops; another goes on from the last id."""
    UNAUTHENTICATED = "unauthenticated"
    """The credential has expired or was withdrawn."""
    FORBIDDEN = "forbidden"
    """Whoever reads may not any more: a member no longer, or in another role, or of a tenant that is suspended."""
    UNAVAILABLE = "unavailable"
    """The database does not answer."""


def event_frame(event: StreamedEvent) -> bytes:
    return f"id: {event.place}\nevent: {event.type}\ndata: {RunEventView.of(event).model_dump_json()}\n\n".encode()


def example() -> str:
    """Of a stream, for the API's document: as it begins, with one event."""
    event = StreamedEvent(
        place=EventPlace(815, 4711),
        seq=2,
        type=RunEventType.STEP_RUNNING,
        at=datetime(2026, 11, 29, 18, tzinfo=UTC),
        run_id=RunId(UUID("019a0000-0000-7000-8000-000000000000")),
        step_id=StepId(UUID("019a0000-0000-7000-8000-000000000001")),
        step="summarise",
        item=None,
        data={"name": "summarise", "attempt": 1, "tick": 1, "worker": "worker-1"},
        runs_above=(),
    )
    return f"retry: {_AGAIN_MS[0]}\n\n{event_frame(event).decode()}"


def text_frame(piece: TextPiece, *, offset: int, text: str) -> bytes:
    """What a model says while it says it. It has no id: what is stored goes on without it."""
    place = piece.place
    shown = {
        "type": TEXT_TYPE,
        "at": told(piece.at),
        "run_id": str(place.run_id),
        "step": place.step,
        "step_id": str(place.step_id),
        "item": place.item,
        "data": {
            "attempt": place.attempt,
            "fence": place.fence,
            "turn": place.turn,
            "offset": offset,
            "text": text,
            "cut": piece.cut,
        },
    }
    return f"event: {TEXT_TYPE}\ndata: {json.dumps(shown, ensure_ascii=False)}\n\n".encode()


def opening_frame() -> bytes:
    """Sent at once, so that headers arrive before the first event does."""
    return f"retry: {_again_ms()}\n\n".encode()


def end_frame(reason: StreamEnd) -> bytes:
    """The last of a stream. It has no id, so that a client goes on after the last event."""
    again = "" if reason is StreamEnd.RUN_ENDED else f"retry: {_again_ms()}\n"
    return f"{again}event: stream.end\ndata: {json.dumps({'reason': reason})}\n\n".encode()


def _again_ms() -> int:
    """When a client that was cut off asks again; spread, so that a thousand do not come at once."""
    return random.randint(*_AGAIN_MS)  # noqa: S311  # nothing secret depends on it
