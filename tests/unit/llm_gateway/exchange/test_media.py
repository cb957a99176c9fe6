"""What is known of an image or a document before anybody looks at it: its place, its bytes, and how large it can be."""

import pytest

from llm_gateway.exchange.media import (
    MediaKind,
    document,
    image,
    is_image_url,
    is_link,
    is_pdf_url,
    linked_document,
)


@pytest.mark.parametrize(("written", "size"), [(0, 0), (1, 1), (4, 3), (5, 4), (8, 6)])
def test_a_document_is_three_quarters_of_its_base64_rounded_up(written: int, size: int) -> None:
    made = document("/here", b"x" * written)
    assert (made.kind, made.place, made.written, made.size) == (MediaKind.DOCUMENT, "/here", written, size)


def test_what_stands_behind_a_link_has_no_known_size() -> None:
    made = linked_document("/here", b'"https://a"')
    assert (made.kind, made.place, made.written, made.size) == (MediaKind.DOCUMENT, "/here", 11, None)


def test_an_image_has_no_size() -> None:
    made = image("/here", b"12345")
    assert (made.kind, made.place, made.written, made.size) == (MediaKind.IMAGE, "/here", 5, None)


@pytest.mark.parametrize(
    ("written", "is_image", "is_pdf", "links"),
    [
        (b'"https://example.org/a.png"', True, False, True),
        (rb'"http:\/\/example.org"', True, False, True),
        (b'"data:image/png;base64,AA"', True, False, False),
        (b'"DATA:IMAGE/PNG;BASE64,AA"', True, False, False),
        (b'"data:application/pdf;base64,AA"', False, True, False),
        (b'"data:video/mp4;base64,AA"', False, False, False),
        (b'"ftp://example.org"', False, False, False),
        (b"", False, False, False),
    ],
)
def test_a_url_is_judged_by_how_it_begins(written: bytes, *, is_image: bool, is_pdf: bool, links: bool) -> None:
    assert (is_image_url(written), is_pdf_url(written), is_link(written)) == (is_image, is_pdf, links)
