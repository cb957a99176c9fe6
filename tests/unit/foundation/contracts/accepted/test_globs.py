"""Patterns of paths fit what they fit in shells, and one that fits nothing is refused."""

import glob
import os
import re
from pathlib import Path

import pytest

from foundation.contracts.accepted.globs import MAX_ALTERNATIVES, glob_expression, valid_glob

PATHS = (
    "a.py",
    "b.txt",
    "src/a.py",
    "src/b.js",
    "src/deep/er/a.py",
    "src/deep/c.ts",
    "x[1].py",
    ".hidden",
    "src/lib-2/é.py",
)


def fitting(pattern: str) -> set[str]:
    expression = re.compile(glob_expression(pattern))
    return {path for path in PATHS if expression.fullmatch(path)}


@pytest.mark.parametrize(
    "pattern", ["**/*.py", "src/*.py", "src/**/*.py", "*/*.js", "src/*/*", "src/[a-b].?s", "src/[!b]*", "s*c/d*p/*.ts"]
)
def test_a_pattern_with_a_slash_fits_what_python_finds(tmp_path: Path, pattern: str) -> None:
    for path in PATHS:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    found = glob.glob(pattern, root_dir=tmp_path, recursive=True, include_hidden=True)  # noqa: PTH207 - relative ones
    assert fitting(pattern) == {path for path in found if (tmp_path / path).is_file()} != set()


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("*.py", {path for path in PATHS if path.endswith(".py")}),
        ("a.*", {"a.py", "src/a.py", "src/deep/er/a.py"}),
        ("**", set(PATHS)),
        ("src/**", {path for path in PATHS if path.startswith("src/")}),
        ("./src/*.js", {"src/b.js"}),
        ("**/*.{js,ts}", {"src/b.js", "src/deep/c.ts"}),
        ("x[[]1].py", {"x[1].py"}),
        ("*a*p*y", {"a.py", "src/a.py", "src/deep/er/a.py"}),
        ("*", set(PATHS)),
        ("?.py", {"a.py", "src/a.py", "src/deep/er/a.py", "src/lib-2/é.py"}),
        ("a", set()),
        ("src", set()),
    ],
)
def test_what_a_pattern_fits(pattern: str, fits: set[str]) -> None:
    assert fitting(pattern) == fits


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("/etc/*", "begin with no slash"),
        ("a//b", "neither empty"),
        ("a/", "neither empty"),
        ("../*", "neither empty"),
        ("a[b", "closed by"),
        ("[z-a]", "no set of signs"),
        ("{a,b", "braces"),
        ("a}", "braces"),
        ("{a,{b,c}}", "braces"),
        ("{a,b}" * 6, f"at most {MAX_ALTERNATIVES}"),
        ("/".join(["**"] * 5), "at most 4"),
    ],
)
def test_a_pattern_that_fits_nothing_is_refused_with_what_to_do(pattern: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        valid_glob(pattern)


def test_a_pattern_takes_no_time_that_grows_with_what_it_tries() -> None:
    name = os.fsdecode(b"a" * 250)
    assert re.fullmatch(glob_expression("*a" * 120 + "b"), name) is None
    assert re.fullmatch(glob_expression("**/" * 4 + "*b"), "/".join(["a"] * 60)) is None
