"""A workspace that comes out of a job in pieces: whole, once, and within its limit."""

import pytest

from tool_runtime.sandbox.carried import CarriedWorkspace
from tool_runtime.sandbox.frames import FrameError, Piece


def a_piece(data: bytes, *, last: bool = False) -> Piece:
    return Piece(b"workspace", last=last, data=data)


def test_it_is_kept_once_its_last_piece_has_come() -> None:
    carried = CarriedWorkspace(None, {"archive": 6})
    carried.take(a_piece(b"abc"))
    assert carried.kept is None
    carried.take(a_piece(b"def", last=True))
    assert carried.kept == b"abcdef"


def test_it_may_be_as_large_as_its_limit_and_no_larger() -> None:
    carried = CarriedWorkspace(None, {"archive": 6})
    carried.take(a_piece(b"abcdef"))
    with pytest.raises(FrameError, match="larger than allowed"):
        carried.take(a_piece(b"g", last=True))
    assert carried.kept is None


def test_nothing_follows_its_last_piece() -> None:
    carried = CarriedWorkspace(None, {"archive": 6})
    carried.take(a_piece(b"abc", last=True))
    with pytest.raises(FrameError):
        carried.take(a_piece(b"", last=True))
    assert carried.kept == b"abc"
