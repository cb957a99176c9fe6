"""Parts of checkpoints: compressed, the same again, and refused when they are not those of their digest."""

import hashlib
import zlib

import pytest

from foundation.storage.execution.checkpoints.bodies import packed, unpacked
from foundation.storage.execution.checkpoints.chains import CheckpointCorrupt, chain

PART = b"a part of a conversation " * 40


def digest_of(part: bytes) -> bytes:
    return hashlib.sha256(part).digest()


def test_a_part_is_the_same_again_and_takes_less() -> None:
    body, empty = packed([PART, b""])
    assert len(body) < len(PART) // 4
    assert unpacked(body, digest_of(PART)) == PART
    assert unpacked(empty, digest_of(b"")) == b""


def test_a_body_of_an_earlier_version_is_read() -> None:
    assert unpacked(zlib.compress(PART), digest_of(PART)) == PART


@pytest.mark.parametrize("body", [b"", b"neither", packed([PART])[0][:-3], zlib.compress(PART)[:-3]])
def test_a_body_that_cannot_be_read_is_told_with_its_digest(body: bytes) -> None:
    with pytest.raises(CheckpointCorrupt, match=digest_of(PART).hex()):
        unpacked(body, digest_of(PART))


def test_a_body_of_another_part_is_refused() -> None:
    [body] = packed([b"another"])
    with pytest.raises(CheckpointCorrupt, match="was changed"):
        unpacked(body, digest_of(PART))


def test_a_chain_says_which_parts_there_are_and_in_which_order() -> None:
    one, two = digest_of(b"1"), digest_of(b"2")
    assert chain([]) == bytes(32)
    assert chain([one]) == hashlib.sha256(bytes(32) + one).digest()
    assert chain([one, two]) == hashlib.sha256(chain([one]) + two).digest()
    assert len({chain([one, two]), chain([two, one]), chain([one]), chain([one, one])}) == 4
