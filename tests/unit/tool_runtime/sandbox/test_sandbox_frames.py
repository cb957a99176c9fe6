"""The control channel's framing, with everything that the inside could send."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tool_runtime.sandbox import frames

KINDS = st.sampled_from([frames.JOB, frames.FILE, frames.GO, frames.EXITED, frames.ARTIFACT, frames.END])


@given(
    sent=st.lists(st.tuples(KINDS, st.binary(max_size=300)), max_size=10), cuts=st.lists(st.integers(1, 50), min_size=1)
)
def test_frames_arrive_whole_and_in_order_however_the_stream_is_cut(
    sent: list[tuple[bytes, bytes]], cuts: list[int]
) -> None:
    stream = b"".join(frames.encode(kind, payload) for kind, payload in sent)
    decoder, received, at, turn = frames.Decoder(), [], 0, 0
    while at < len(stream):
        size = cuts[turn % len(cuts)]
        received += list(decoder.feed(stream[at : at + size]))
        at, turn = at + size, turn + 1
    assert received == sent


@given(garbage=st.binary(max_size=2000))
def test_garbage_is_refused_or_is_frames_never_anything_else(garbage: bytes) -> None:
    decoder = frames.Decoder(cap=512)
    try:
        for kind, payload in decoder.feed(garbage):
            assert len(kind) == 1
            assert len(payload) < 512
    except frames.FrameError:
        pass
    assert len(decoder._buffer) <= len(garbage)


def test_a_length_above_the_cap_is_refused_before_its_payload_is_read() -> None:
    with pytest.raises(frames.FrameError):
        list(frames.Decoder(cap=100).feed((101).to_bytes(4, "big") + b"O"))


def test_a_frame_without_a_kind_is_refused() -> None:
    with pytest.raises(frames.FrameError):
        list(frames.Decoder().feed(b"\0\0\0\0O"))


@given(name=st.binary(min_size=1, max_size=frames.NAME_CAP), content=st.binary(max_size=1000))
def test_pieces_put_a_file_together_again(name: bytes, content: bytes) -> None:
    made = [frames.decode_piece(frames.encode_piece(b"O", piece)[5:]) for piece in frames.pieces(name, content)]
    assert {piece.name for piece in made} == {name}
    assert [piece.last for piece in made] == [False] * (len(made) - 1) + [True]
    assert b"".join(piece.data for piece in made) == content


def test_a_large_file_is_cut_into_frames_below_the_cap() -> None:
    encoded = [frames.encode_piece(b"O", p) for p in frames.pieces(b"n" * frames.NAME_CAP, bytes(frames.CHUNK * 2 + 1))]
    assert len(encoded) == 3
    assert max(len(frame) for frame in encoded) <= frames.FRAME_CAP


@given(payload=st.binary(max_size=100))
def test_a_piece_is_refused_or_lies_within_its_payload(payload: bytes) -> None:
    try:
        piece = frames.decode_piece(payload)
    except frames.FrameError:
        return
    assert 3 + len(piece.name) + len(piece.data) == len(payload)
    assert piece.name
