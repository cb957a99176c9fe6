"""However a wheel is damaged, it is told to be none, or it is unpacked."""

import io
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tool_runtime.tools.programs.with_wheels import NoWheelError, lay_out


def packed(way: int, name: str = "grüße/a.py") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", way) as made:
        made.writestr(name, "hello = 'good day'\n" * 50)
    return content.getvalue()


WAYS = {
    "deflate": packed(zipfile.ZIP_DEFLATED),
    "lzma": packed(zipfile.ZIP_LZMA),
    "bzip2": packed(zipfile.ZIP_BZIP2),
    "stored": packed(zipfile.ZIP_STORED),
}


def laid_out(wheel: bytes) -> bool:
    """False where it is told to be none; whatever else it raises fails the test."""
    with TemporaryDirectory() as folder:
        (file := Path(folder, "a.whl")).write_bytes(wheel)
        try:
            lay_out(file, Path(folder, "site"))
        except NoWheelError:
            return False
        return True


@pytest.mark.parametrize("way", WAYS)
def test_a_damaged_stream_is_no_wheel(way: str) -> None:
    wheel = bytearray(WAYS[way])
    assert laid_out(bytes(wheel))
    begin = wheel.index("grüße/a.py".encode()) + 20
    wheel[begin : begin + 20] = b"\xff" * 20
    assert not laid_out(bytes(wheel))


def test_a_name_that_is_not_as_its_mark_says_is_no_wheel() -> None:
    assert not laid_out(WAYS["stored"].replace("ü".encode(), b"\xff\xff"))


@given(st.sampled_from(sorted(WAYS)), st.data())
def test_every_byte_may_be_another(way: str, data: st.DataObject) -> None:
    wheel = bytearray(WAYS[way])
    wheel[data.draw(st.integers(0, len(wheel) - 1))] = data.draw(st.integers(0, 255))
    laid_out(bytes(wheel))
