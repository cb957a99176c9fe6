"""A reader is told each character of a turn once and in order, whatever pieces are lost or come twice."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_plane.streams.texts import TextTold
from foundation.contracts.live_text import TextPiece, TurnPlace
from foundation.domain.ids import RunId, StepId, TenantId

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEXT = "Twelve penguins stand on the ice."


def a_piece(start: int, end: int, *, fence: int = 1, turn: int = 0, text: str = TEXT) -> TextPiece:
    place = TurnPlace(
        tenant_id=TenantId(UUID(int=1)),
        root=RunId(UUID(int=2)),
        run_id=RunId(UUID(int=2)),
        runs_above=(),
        step_id=StepId(UUID(int=3)),
        step="draft",
        item=None,
        attempt=fence,
        fence=fence,
        turn=turn,
    )
    return TextPiece(place=place, offset=start, text=text[start:end], cut=False, at=NOON)


def told(frame: bytes | None) -> dict[str, Any] | None:
    if frame is None:
        return None
    first, second, *rest = frame.decode().split("\n")
    assert (first, rest) == ("event: step.text", ["", ""])
    return dict(json.loads(second.removeprefix("data: "))["data"])


spans = st.lists(st.tuples(st.integers(0, len(TEXT)), st.integers(0, len(TEXT))).map(sorted), max_size=20)


@given(pieces=spans)
def test_what_is_told_is_a_beginning_of_the_text_without_a_hole(pieces: list[list[int]]) -> None:
    reader, so_far = TextTold(), ""
    for start, end in [*pieces, [0, len(TEXT)]]:
        try:
            data = told(reader.frame(a_piece(start, end)))
        except ValueError:
            assert start > len(so_far)
            continue
        if data is not None:
            assert data["offset"] == len(so_far)
            so_far += data["text"]
        assert TEXT.startswith(so_far)
    assert so_far == TEXT


@pytest.mark.parametrize("later", [{"fence": 2}, {"turn": 1}, {"fence": 2, "turn": 0}])
def test_a_later_turn_or_holder_begins_anew_and_silences_the_earlier(later: dict[str, int]) -> None:
    reader = TextTold()
    assert told(reader.frame(a_piece(0, 6)))
    data = told(reader.frame(a_piece(0, 5, **later, text="Other words")))
    assert data is not None
    assert (data["offset"], data["text"]) == (0, "Other")
    assert reader.frame(a_piece(6, 9)) is None
