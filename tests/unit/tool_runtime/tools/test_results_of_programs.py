"""What a program of ours tells fits and can be stored, and whatever ends it, it tells something."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.contracts.tool_job import RESULT_BYTES
from tool_runtime.runner.result_document import read_result
from tool_runtime.tools.programs.endings import ActionFailed, ends, told_error
from tool_runtime.tools.programs.results import MOST_BYTES, Room, beginning, clean, cleaned, size_of, write_result

LETTERS = st.sampled_from(["x", "é", "漢", "\U0001f600", "\0", "\ud800", '"', "\n", "\x01", "\u2028"])


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (folder := tmp_path / "out").mkdir()
    return folder


def written(out: Path) -> Any:
    document, trouble = read_result({"result.json": (out / "result.json").read_bytes()}, ())
    assert trouble is None
    return document


def test_the_bound_is_the_runner_s() -> None:
    assert MOST_BYTES == RESULT_BYTES


@given(st.lists(LETTERS, max_size=40).map("".join), st.integers(0, 60), st.integers(1, 5))
def test_a_beginning_is_as_long_as_it_may_be_in_bytes_of_the_document(text: str, most: int, times: int) -> None:
    shown = beginning(text * times, most)
    assert size_of(shown) - 2 <= most
    whole = clean(text * times)
    assert whole.startswith(shown)
    assert shown == whole or size_of(whole[: len(shown) + 1]) - 2 > most


def test_what_nobody_can_store_is_replaced_in_texts_and_keys() -> None:
    assert cleaned({"a\0": ["\ud800", 1, None, {"b": "c"}]}) == {"a\ufffd": ["\ufffd", 1, None, {"b": "c"}]}


def test_a_room_is_shared_by_what_is_put_into_it() -> None:
    room = Room(20)
    assert room.text("漢字漢字", most=3) == "漢字漢"
    assert room.first(["a", "b", "c", "d"], most=2) == (["a", "b"], True)
    assert room.first(["a"], most=2) == ([], True)
    assert room.text("abc") == "a"
    assert Room(20).first(["a"], most=1) == (["a"], False)


def test_a_result_that_would_be_too_large_is_told_as_one(out: Path) -> None:
    write_result({"text": "漢" * (MOST_BYTES // 3 - 10)}, out)
    assert len(written(out)["text"]) == MOST_BYTES // 3 - 10
    assert write_result({"text": "漢" * MOST_BYTES}, out) == written(out)
    assert written(out)["error"]["code"] == "result_too_large"


def _deep() -> Any:
    return json.loads("[" * 100_000)


def _lost() -> Any:
    raise KeyError("x")


def _full() -> Any:
    raise MemoryError


def _refused() -> Any:
    raise ActionFailed("no_text", "a\0b " + "漢" * 5000)


def _odd() -> Any:
    raise ValueError("\ud800 in /run/sbx/tool_runtime/x.py")


@pytest.mark.parametrize(
    ("work", "code", "words"),
    [
        (_refused, "no_text", "a\ufffdb"),
        (_deep, "internal", "RecursionError"),
        (_full, "out_of_memory", "not enough memory"),
        (_odd, "internal", "ValueError: \ufffd in … at test_results_of_programs:"),
        (_lost, "internal", "KeyError: 'x'"),
        (Path("/nowhere/x").read_bytes, "not_possible", "No such file or directory: /nowhere/x"),
    ],
)
def test_whatever_ends_a_program_is_a_result_with_a_code(
    out: Path, capsys: pytest.CaptureFixture[str], work: Any, code: str, words: str
) -> None:
    assert ends(work, out) == 1
    error = written(out)["error"]
    assert (error["code"], words in error["detail"]) == (code, True), error
    said = capsys.readouterr().err
    assert said == f"{code}: {error['detail']}\n"
    assert "Traceback" not in said
    assert "/run/sbx" not in said


def test_a_program_that_has_done_its_work_says_nothing(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ends(lambda: {"a": "漢"}, out) == 0
    assert (written(out), capsys.readouterr().err) == ({"a": "漢"}, "")
    assert "漢".encode() in (out / "result.json").read_bytes()


def test_a_result_that_cannot_be_written_is_said(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ends(dict, out / "nowhere" / "at all") == 1
    assert "not_possible: " in capsys.readouterr().err


def a_link(out: Path) -> None:
    out.rename(out.with_name("x"))
    out.symlink_to(out.with_name("x"))


def a_file(out: Path) -> None:
    out.rmdir()
    out.write_text("x")


def scratch(out: Path) -> None:
    """What was the name beside the folder under which a result was begun."""
    (out.parent / ".out.json").mkdir()
    (out.parent / ".out.json" / "x").write_text("x")


@pytest.mark.parametrize(
    "spoil",
    [
        a_link,
        a_file,
        scratch,
        lambda out: out.rmdir(),
        lambda out: out.chmod(0),
        lambda out: (out.chmod(0o500), out.parent.chmod(0o555)),
    ],
    ids=["a link", "a file", "its own scratch", "nothing", "closed", "closed, as its parent"],
)
def test_a_result_is_written_whatever_another_program_did_to_its_folder(
    out: Path, spoil: Callable[[Path], object]
) -> None:
    spoil(out)
    assert ends(lambda: {"a": 1}, out) == 0
    assert (written(out), out.is_symlink()) == ({"a": 1}, False)
    assert [one.name for one in out.iterdir()] == ["result.json"]


def test_an_error_without_words_has_its_kind() -> None:
    assert told_error(AssertionError())["detail"].endswith("fault of the platform: AssertionError")


def test_a_file_that_another_program_left_under_its_name_is_kept(out: Path) -> None:
    for text in ("one", "two"):
        (out / "result.json").write_text(text)
        write_result({"a": text}, out)
        write_result({"b": text}, out)
        assert written(out) == {"b": text}
    kept = {path.name: path.read_text() for path in out.iterdir() if path.name != "result.json"}
    assert kept == {"result.json.other": "one", "result.json.other.2": "two"}


def test_a_folder_that_another_program_left_under_its_name_is_kept_too(out: Path) -> None:
    (out / "result.json").mkdir()
    (out / "result.json" / "kept").write_text("one")
    write_result({"a": 1}, out)
    assert written(out) == {"a": 1}
    assert (out / "result.json.other" / "kept").read_text() == "one"


def test_a_result_is_written_where_another_program_had_laid_a_link(out: Path) -> None:
    elsewhere = out / "elsewhere"
    elsewhere.write_text("kept")
    (out.parent / f".{out.name}.json").symlink_to(elsewhere)
    write_result({"a": 1}, out)
    assert (written(out), elsewhere.read_text()) == ({"a": 1}, "kept")
    assert not (out / "result.json").is_symlink()
