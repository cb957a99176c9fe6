"""Names of files in a header (RFC 6266)."""

import pytest

from foundation.cloud.objects.disposition import disposition


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a b (1).csv", 'attachment; filename="a b (1).csv"'),
        ("données.csv", "attachment; filename=\"donn_es.csv\"; filename*=UTF-8''donn%C3%A9es.csv"),
        ('x"; y=z', "attachment; filename=\"x_; y=z\"; filename*=UTF-8''x%22%3B%20y%3Dz"),
        ("50%.csv", "attachment; filename=\"50_.csv\"; filename*=UTF-8''50%25.csv"),
        ("🐧", "attachment; filename=\"_\"; filename*=UTF-8''%F0%9F%90%A7"),
    ],
)
def test_a_header_holds_ascii_alone_and_says_the_whole_name(name: str, header: str) -> None:
    assert disposition(name, inline=False) == header
    assert header.isascii()
