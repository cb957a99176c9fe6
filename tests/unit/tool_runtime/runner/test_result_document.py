"""What becomes of a job's `result.json`."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tool_runtime.runner.result_document import read_result

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(document=JSON)
def test_a_document_is_either_kept_or_refused_and_what_is_kept_fits_every_store(document: Any) -> None:
    result, error = read_result(json.dumps(document).encode())
    assert error is None
    stored = json.dumps(result, ensure_ascii=False, allow_nan=False)
    assert "\\u0000" not in stored
    stored.encode("utf-8")


def test_a_plain_document_is_kept_as_it_is() -> None:
    assert read_result(b'{"mean": 1.5, "n": [1, null, "x"]}') == ({"mean": 1.5, "n": [1, None, "x"]}, None)


def test_nul_and_lone_surrogates_are_replaced_in_values_and_in_names() -> None:
    assert read_result(b'{"a\\u0000": "b\\u0000\\ud800"}')[0] == {"a\ufffd": "b\ufffd\ufffd\ufffd\ufffd"}


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"{", "not valid JSON"),
        (b'{"a": NaN}', "NaN is not a JSON number"),
        (b"[1e999]", "1e999 is not a JSON number"),
        (b"[-Infinity]", "-Infinity is not a JSON number"),
        (b"\xff", "not valid JSON"),
        (b"[" * 30_000 + b"]" * 30_000, "nested too deeply"),
        (b"[" * 70 + b"]" * 70, "nested too deeply"),
        (b"9" * 5000, "not valid JSON"),
        (b'"' + b"x" * 65536 + b'"', "larger than 65536 bytes"),
        (b"", "not valid JSON"),
    ],
)
def test_what_is_not_a_result_is_named(content: bytes, word: str) -> None:
    result, error = read_result(content)
    assert result is None
    assert error is not None
    assert word in error
