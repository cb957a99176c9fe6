"""What becomes of a job's `result.json`."""

import pytest

from tool_runtime.runner.result_document import read_result


def test_a_plain_document_is_kept_as_it_is() -> None:
    assert read_result({"result.json": b'{"mean": 1.5, "n": [1, null, "x"]}'}, []) == (
        {"mean": 1.5, "n": [1, None, "x"]},
        None,
    )


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"{", "malformed JSON at line 1"),
        (b'{"a": NaN}', "/a: NaN is no JSON number"),
        (b"[1e999]", "/0: the number is not finite"),
        (b"[-Infinity]", "-Infinity is no JSON number"),
        (b"\xff", "not UTF-8"),
        (b"[" * 30_000 + b"]" * 30_000, "nested deeper"),
        (b"[" * 70 + b"]" * 70, "nested deeper"),
        (b"9" * 5000, "5000 digits"),
        (b'{"a": 1, "a": 2}', "stands twice"),
        (b'{"a\\u0000": 1}', "U+0000"),
        (b'"\\ud800"', "surrogate"),
        (b'"' + b"x" * 262_144 + b'"', "at most 262144"),
        (b"", "malformed JSON"),
    ],
)
def test_what_is_not_a_result_is_named(content: bytes, word: str) -> None:
    result, error = read_result({"result.json": content}, [])
    assert result is None
    assert error is not None
    assert word in error


@pytest.mark.parametrize("reason", ["symbolic link", "not a plain file", "cannot be opened: Permission denied"])
def test_a_result_that_is_no_file_to_be_read_is_named_with_its_reason(reason: str) -> None:
    skipped = [("a", "too much"), ("result.json", reason)]
    assert read_result({"b": b""}, skipped) == (None, f"result.json cannot be read: {reason}")


def test_a_job_without_a_result_has_neither_document_nor_error() -> None:
    assert read_result({"sub/result.json": b"1"}, [("sub/x", "symbolic link")]) == (None, None)
