"""The runner's own check of what comes out of a sandbox."""

import pytest

from foundation.contracts.tool_job import JobLimits
from tool_runtime.runner.artifacts.shelf import Shelf
from tool_runtime.sandbox.frames import FrameError, Piece


def a_shelf(**limits: int) -> Shelf:
    return Shelf(JobLimits.model_validate({"artifact_bytes": 10, "artifact_count": 2, **limits}))


def test_pieces_become_files() -> None:
    shelf = a_shelf()
    for piece in (
        Piece(b"a", last=False, data=b"12"),
        Piece(b"a", last=True, data=b"3"),
        Piece("é/c".encode(), last=True, data=b""),
    ):
        shelf.take(piece)
    assert shelf.files == {"a": b"123", "é/c": b""}


@pytest.mark.parametrize(
    "pieces",
    [
        [Piece(b"../x", last=True, data=b"")],
        [Piece(b"/etc/x", last=True, data=b"")],
        [Piece(b"a//b", last=True, data=b"")],
        [Piece(b"\xff", last=True, data=b"")],
        [Piece(b"a\n", last=True, data=b"")],
        [Piece(b"/".join([b"1"] * 18), last=True, data=b"")],
        [Piece(b"a", last=True, data=b"12345678901")],
        [Piece(b"a", last=False, data=b"123456"), Piece(b"a", last=True, data=b"12345")],
        [Piece(b"a", last=True, data=b""), Piece(b"a", last=True, data=b"")],
        [Piece(b"a", last=False, data=b""), Piece(b"b", last=True, data=b"")],
        [Piece(b"a", last=True, data=b""), Piece(b"b", last=True, data=b""), Piece(b"c", last=True, data=b"")],
    ],
)
def test_what_the_inside_should_never_send_ends_the_job(pieces: list[Piece]) -> None:
    shelf = a_shelf()
    for piece in pieces[:-1]:
        shelf.take(piece)
    with pytest.raises(FrameError):
        shelf.take(pieces[-1])
