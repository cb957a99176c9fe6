"""The parts of an item are text, pictures and PDFs; each other one is refused by its place."""

import json
from typing import Any

import pytest

from foundation.domain.errors import BadRequest
from llm_gateway.exchange.media import MediaKind
from llm_gateway.wires.responses.parts import has_thoughts, media_of

PDF = "data:application/pdf;base64,AAAA"
LINK = "https://example.org/a"
AT = "/input/0/content"


def media(*parts: Any) -> list[tuple[MediaKind, str, int | None]]:
    return [(one.kind, one.place, one.size) for one in media_of(json.dumps(list(parts)).encode(), at=AT)]


def place_of(*parts: Any) -> str:
    with pytest.raises(BadRequest) as refused:
        media(*parts)
    return refused.value.faults[0].pointer


@pytest.mark.parametrize("raw", [b"", b"null", b'"text"', b"[]"])
def test_what_is_no_list_of_parts_has_no_media(raw: bytes) -> None:
    assert media_of(raw, at=AT) == []


def test_texts_have_none_and_pictures_and_pdfs_are_named_by_their_place() -> None:
    text = {"type": "input_text", "text": "see"}
    parts = (text, {"type": "input_image", "image_url": LINK}, {"type": "input_file", "file_data": PDF}, text)
    size = -(-(len(PDF) + 2) * 3 // 4)
    assert media(*parts) == [(MediaKind.IMAGE, f"{AT}/1", None), (MediaKind.DOCUMENT, f"{AT}/2", size)]


def test_a_file_behind_a_link_has_no_known_size() -> None:
    assert media({"type": "input_file", "file_url": LINK}) == [(MediaKind.DOCUMENT, f"{AT}/0", None)]


def test_the_output_of_a_computer_is_one_screenshot() -> None:
    raw = json.dumps({"type": "computer_screenshot", "image_url": LINK}).encode()
    assert [one.place for one in media_of(raw, at=AT)] == [AT]


def test_an_output_of_a_shell_says_no_type() -> None:
    assert media({"stdout": "a", "stderr": "", "outcome": {}}) == []


@pytest.mark.parametrize(
    ("part", "place"),
    [
        ({"type": "input_audio"}, "/0/type"),
        ({"type": "input_image"}, "/0/image_url"),
        ({"type": "input_image", "image_url": "ftp://x"}, "/0/image_url"),
        ({"type": "input_image", "image_url": LINK, "file_id": "f"}, "/0/file_id"),
        ({"type": "input_file"}, "/0"),
        ({"type": "input_file", "file_id": "f"}, "/0/file_id"),
        ({"type": "input_file", "file_data": PDF, "file_url": LINK}, "/0/file_url"),
        ({"type": "input_file", "file_url": "ftp://x"}, "/0/file_data"),
        ({"type": "input_file", "file_data": "data:text/csv;base64,AA"}, "/0/file_data"),
    ],
)
def test_what_cannot_be_measured_is_refused_by_its_place(part: Any, place: str) -> None:
    assert place_of(part) == f"{AT}{place}"


@pytest.mark.parametrize(
    ("encrypted", "content", "has"),
    [
        (b"", b"", False),
        (b"null", b"null", False),
        (b'" "', b'""', False),
        (b'"abc"', b"", True),
        (b"", b'[{"type": "reasoning_text", "text": "so"}]', True),
        (b"", b'[{"type": "reasoning_text", "text": " "}]', False),
        (b"", b'[{"type": "reasoning_text"}]', False),
        (b"", b'[{"type": "summary_text", "text": "so"}]', False),
        (b"", b'[{"type": "summary_text", "text": "so"}, {"type": "reasoning_text", "text": "so"}]', True),
    ],
)
def test_reasoning_has_something_of_its_own_or_is_looked_up(encrypted: bytes, content: bytes, *, has: bool) -> None:
    assert has_thoughts(encrypted, content, at=AT) is has
