"""What is handed out of an output folder."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from foundation.contracts.accepted.file_names import MAX_DEPTH, MAX_NAME_BYTES, SEGMENT_PATTERN
from foundation.contracts.tool_job import JobLimits
from tool_runtime.runner.artifacts.shelf import Shelf
from tool_runtime.sandbox import frames
from tool_runtime.sandbox.inside.leavings import MOST_SKIPPED, leavings


def collect(root: Path, **other: Any) -> tuple[dict[str, bytes], dict[str, str]]:
    """Files as the runner gets them, and what was skipped, by name."""
    rules = {
        "segment": SEGMENT_PATTERN,
        "name": MAX_NAME_BYTES,
        "depth": MAX_DEPTH,
        "count": 100,
        "bytes": 1 << 20,
        **other,
    }
    shelf, decoder = Shelf(JobLimits()), frames.Decoder()

    def send(data: bytes) -> None:
        for kind, payload in decoder.feed(data):
            assert kind == frames.ARTIFACT
            shelf.take(frames.decode_piece(payload))

    skipped = leavings(os.fsencode(root), rules, send)
    return shelf.files, {entry["name"]: entry["reason"] for entry in skipped}


def test_plain_files_come_out_with_their_folders(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "ok2.txt").write_bytes(b"two")
    (tmp_path / "a b.txt").write_bytes(b"")
    assert collect(tmp_path) == ({"a b.txt": b"", "sub/ok2.txt": b"two"}, {})


@pytest.mark.parametrize(
    "name",
    [
        b"..\\..\\evil", b"new\nline", "\u202egpj.exe".encode(), b"\x1b[2J", b"\xff\xfe", b"tab\t", "a\u2028b".encode(),
        "a\u200fb".encode(), "a\u206ab".encode(), b"  ",
    ],
)  # fmt: skip
def test_a_name_that_could_mean_something_elsewhere_is_refused(tmp_path: Path, name: bytes) -> None:
    (tmp_path / os.fsdecode(name)).write_bytes(b"x")
    files, skipped = collect(tmp_path)
    assert files == {}
    assert "the name " in next(iter(skipped.values()))
    assert all(label.isprintable() for label in skipped)


@pytest.mark.parametrize(
    "name",
    ["résumé.csv", "report (1).csv", "日本語.txt", "🐧.png", ".hidden", "-rf", "%2e%2e", "con:aux", "$(id)", "x" * 250],
)
def test_any_other_name_comes_out_as_it_is(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    assert collect(tmp_path) == ({name: b"x"}, {})


def test_links_pipes_and_sockets_stay_inside(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "folder").symlink_to("/etc")
    os.link(tmp_path / "file", tmp_path / "hard")
    os.mkfifo(tmp_path / "pipe")
    files, skipped = collect(tmp_path)
    assert files == {}
    assert skipped == {
        "file": "has more than one link",
        "hard": "has more than one link",
        "folder": "symbolic link",
        "link": "symbolic link",
        "pipe": "not a plain file",
    }


def test_too_much_and_too_many_are_named_and_the_result_goes_first(tmp_path: Path) -> None:
    for name in ("a", "b", "result.json"):
        (tmp_path / name).write_bytes(b"12345")
    assert collect(tmp_path, count=2) == ({"result.json": b"12345", "a": b"12345"}, {"b": "more than 2 files"})
    assert collect(tmp_path, bytes=11)[1] == {"b": "5 bytes, more than what is left of 11 for all files"}


@pytest.mark.parametrize(("folders", "comes_out"), [(MAX_DEPTH, True), (MAX_DEPTH + 1, False)])
def test_a_file_may_lie_below_as_many_folders_as_the_pages_say(tmp_path: Path, folders: int, comes_out: bool) -> None:
    name = "/".join(["d"] * folders + ["file"])
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_bytes(b"x")
    files, skipped = collect(tmp_path)
    assert (files == {name: b"x"}) is comes_out
    assert skipped == ({} if comes_out else {"/".join(["d"] * folders): "in too many folders; 1 file with it"})


def test_a_folder_that_is_left_out_says_how_many_files_are_lost_with_it(tmp_path: Path) -> None:
    deep, odd, empty = tmp_path / "a" / "b" / "c", tmp_path / "new\nline", tmp_path / "x" / "y" / "z"
    for folder in (deep / "d", odd, empty):
        folder.mkdir(parents=True)
    for file in (deep / "1", deep / "d" / "2", odd / "3"):
        file.write_bytes(b"x")
    (deep / "link").symlink_to("/etc")
    files, skipped = collect(tmp_path, depth=2)
    assert files == {}
    assert skipped.pop("a/b/c") == "in too many folders; 3 files with it"
    [(name, reason)] = skipped.items()
    assert name == "new\\nline"
    assert reason.endswith("; 1 file with it")


def test_a_chain_of_folders_longer_than_a_path_is_told_all_the_same(tmp_path: Path) -> None:
    before = os.open(".", os.O_RDONLY)
    try:
        os.chdir(tmp_path)
        for _ in range(30):
            Path("n" * 200).mkdir()
            os.chdir("n" * 200)
        Path("file").write_bytes(b"x")
    finally:
        os.fchdir(before)
        os.close(before)
    assert [reason for reason in collect(tmp_path)[1].values() if "an unknown number of files with it" in reason] != []


def test_an_output_folder_that_is_gone_or_something_else_gives_nothing(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("x")
    assert collect(tmp_path / "nothing")[0] == {}
    assert collect(tmp_path / "elsewhere")[0] == {}


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: path.symlink_to("elsewhere"), "symbolic link"),
        (os.mkfifo, "not a plain file"),
        (lambda path: path.mkdir(), "a folder, where a document was to be"),
    ],
)
def test_a_result_that_is_no_plain_file_is_named_before_all_else(
    tmp_path: Path, make: Callable[[Path], None], reason: str
) -> None:
    make(tmp_path / "result.json")
    for number in range(MOST_SKIPPED + 5):
        (tmp_path / f"a{number}").symlink_to("elsewhere")
    assert collect(tmp_path)[1]["result.json"] == reason


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "file").write_bytes(b"x")
    assert collect(tmp_path) == ({"c/file": b"x"}, {"a/b/": "an empty folder"})
