"""A text of others stands in a sentence of ours as it is, and spells nothing as Python would."""

import pytest

from foundation.domain.words.quoting import quoted


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("nightly", "'nightly'"),
        ("Ann's", '"Ann\'s"'),
        ("a\u00a0b", "'a<U+00A0>b'"),
        ("C:\\temp", "'C:\\temp'"),
        ("two\nlines\x1b[0m", "'two<U+000A>lines<U+001B>[0m'"),
        ("営業", "'営業'"),
        (7, "'7'"),
        ("", "''"),
    ],
)
def test_a_text_is_quoted_as_it_is_written(text: object, shown: str) -> None:
    assert quoted(text) == shown
