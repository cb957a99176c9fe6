"""The control channel's framing at its edges: the largest frame, the longest name, the last byte that is missing."""

import struct

import pytest

from tool_runtime.sandbox.frames import (
    CHUNK,
    FRAME_CAP,
    NAME_CAP,
    Decoder,
    FrameError,
    Piece,
    decode_piece,
    encode,
    encode_piece,
    pieces,
)


def test_a_frame_is_its_length_its_kind_and_its_payload() -> None:
    assert encode(b"J", b"abc") == b"\0\0\0\4Jabc"
    assert encode(b"G") == b"\0\0\0\1G"


@pytest.mark.parametrize("over", [0, 1])
def test_the_cap_itself_is_taken_and_no_more(over: int) -> None:
    frame = encode(b"J", b"x" * (9 + over))
    decoder = Decoder(cap=10)
    if over:
        with pytest.raises(FrameError):
            list(decoder.feed(frame))
    else:
        assert list(decoder.feed(frame)) == [(b"J", b"x" * 9)]


def test_a_frame_is_there_with_its_last_byte_and_not_before() -> None:
    decoder, frame = Decoder(), encode(b"J", b"ab")
    assert list(decoder.feed(frame[:-1])) == []
    assert list(decoder.feed(frame[-1:])) == [(b"J", b"ab")]
    assert list(decoder.feed(encode(b"G") + encode(b"K"))) == [(b"G", b""), (b"K", b"")]


def test_the_default_cap_leaves_room_for_a_whole_piece() -> None:
    assert FRAME_CAP == CHUNK + 4096
    assert Decoder().cap == FRAME_CAP


@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("name", [b"n", b"n" * NAME_CAP])
def test_a_piece_comes_back_as_it_was(name: bytes, *, last: bool) -> None:
    piece = Piece(name=name, last=last, data=b"data")
    assert decode_piece(encode_piece(b"O", piece)[5:]) == piece


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\0",
        b"\0\1",
        struct.pack("!HB", 0, 0) + b"x",
        struct.pack("!HB", 2, 0) + b"x",
        struct.pack("!HB", 1, 2) + b"x",
        struct.pack("!HB", NAME_CAP + 1, 0) + b"x" * (NAME_CAP + 1),
    ],
)
def test_a_piece_with_a_bad_head_is_refused(payload: bytes) -> None:
    with pytest.raises(FrameError):
        decode_piece(payload)


def test_a_piece_may_be_a_name_without_bytes() -> None:
    assert decode_piece(struct.pack("!HB", 1, 1) + b"x") == Piece(b"x", last=True, data=b"")


@pytest.mark.parametrize(
    ("size", "sizes"), [(0, [0]), (1, [1]), (CHUNK, [CHUNK]), (CHUNK + 1, [CHUNK, 1]), (2 * CHUNK, [CHUNK, CHUNK])]
)
def test_a_file_is_cut_where_a_chunk_is_full(size: int, sizes: list[int]) -> None:
    cut = list(pieces(b"n", bytes(size)))
    assert [len(piece.data) for piece in cut] == sizes
    assert [piece.last for piece in cut] == [False] * (len(sizes) - 1) + [True]
