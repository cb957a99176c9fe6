"""Content types are ASCII by their grammar."""

import pytest

from foundation.contracts.accepted.content_types import media_type, valid_content_type

LONGEST = "text/" + "x" * 250
GOOD = [
    LONGEST,
    "text/csv",
    "image/svg+xml",
    "text/html; charset=utf-8",
    'a/b;c="d e";f=g',
    "application/vnd.x-y.z+json",
]
GOOD += [LONGEST]
BAD = ["t\u0435xt/html", "text", "text/", "/csv", "text/csv\r\nx: y", "text/ csv", "text/csv;", "a/b; c", 'a/b;c="', ""]
BAD += ["a/b\n", "text/csv\u00a0", "text/" + "x" * 255, "text/cs\x00v"]


@pytest.mark.parametrize("text", GOOD)
def test_a_media_type_is_taken(text: str) -> None:
    assert valid_content_type(text) == text


@pytest.mark.parametrize("text", BAD)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a content type is like"):
        valid_content_type(text)


def test_parameters_do_not_change_the_type() -> None:
    assert media_type("Text/HTML ; charset=utf-8") == "text/html"
