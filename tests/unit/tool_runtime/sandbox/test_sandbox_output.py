"""What is kept of a stream."""

import pytest

from foundation.contracts.tool_job import KEPT_FIRST, KEPT_LAST, StreamCut
from tool_runtime.sandbox.output import PipeOutput

WHOLE = bytes(ord("a") + at % 26 for at in range(KEPT_FIRST + KEPT_LAST + 1000))


def taken(data: bytes, piece: int) -> PipeOutput:
    output = PipeOutput(on_read=abs)
    for at in range(0, len(data), piece):
        output.take(data[at : at + piece])
    return output


@pytest.mark.parametrize("piece", [1000, 4096, 65536])
def test_the_first_and_the_last_part_are_kept_with_the_number_between(piece: int) -> None:
    output = taken(WHOLE, piece)
    first, last = WHOLE[:KEPT_FIRST].decode(), WHOLE[-KEPT_LAST:].decode()
    assert output.text() == f"{first}\n[1000 bytes are left out here]\n{last}"
    assert output.cut == StreamCut(bytes=1000, after=KEPT_FIRST)


def test_a_stream_that_just_fits_is_whole() -> None:
    output = taken(WHOLE[: KEPT_FIRST + KEPT_LAST], 10_000)
    assert (output.text(), output.cut) == (WHOLE[: KEPT_FIRST + KEPT_LAST].decode(), None)


def test_what_no_text_can_hold_is_shown_as_such() -> None:
    output = taken(b"a\0b\xff\xed\xa0\x80", 3)
    assert output.text().startswith("a\ufffdb\ufffd")
    assert output.replaced == output.text().count("\ufffd")


def test_a_replacement_character_that_the_program_wrote_itself_is_no_loss() -> None:
    assert taken("a\ufffdb é".encode(), 3).replaced == 0
