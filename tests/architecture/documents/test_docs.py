"""Every relative link in the documents leads somewhere, and every path that they name exists."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from architecture.sources import ROOT

# Where a path may begin: at the repository's root, or at an import root, as import statements and docstrings have it.
_BEGINNINGS = ("", "services", "localstack")
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_CODE = re.compile(r"`([^`\n]+)`")
_FILE = re.compile(r"(?:[\w.-]+/)*[\w.-]+\.(?:py|md|toml|sql|lua|json|yaml|yml|mjs|csv)")
_FOLDER = re.compile(r"[\w.-]+(?:/[\w.-]+)*/?")
# Written as files are and yet none of ours.
_NOT_OURS = {
    "result.json": "is written by a tool's program",
    "inputs.json": "is read by a tool's program",
    "observed.json": "is written and read by the programs of a sample",
    "package-lock.json": "stands in several folders",
    "__init__.py": "stands in every package",
}


@cache
def documents() -> tuple[Path, ...]:
    """Markdown that Git knows or will."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", "*.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    return tuple(file for name in sorted(set(listed)) if (file := ROOT / name).exists())


def broken_links(page: Path, text: str) -> list[str]:
    """Targets that are no file, and anchors that are no heading."""
    broken = []
    for target in _LINK.findall(_FENCED.sub("", text)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve()
        if not _leads_somewhere(file, anchor, text=None if path else text):
            broken.append(target)
    return broken


def _leads_somewhere(file: Path, anchor: str, *, text: str | None) -> bool:
    """`text` is the file's own, where it is at hand."""
    if text is None and not file.exists():
        return False
    return not anchor or anchor in _anchors(text or file.read_text(encoding="utf-8"))


def _anchors(text: str) -> set[str]:
    """As GitHub makes them: lower case, punctuation dropped, blanks to hyphens."""
    headings = _HEADING.findall(_FENCED.sub("", text))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _has_word(file: Path, name: str) -> bool:
    """Whether the name stands in the file by itself, and not only as a part of another one."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", file.read_text(encoding="utf-8")) is not None


def missing_paths(page: Path, text: str) -> list[str]:
    """Files and folders between backticks that do not exist, and names (`a/b.py: name`) that do not occur in theirs."""
    missing = set()
    for code in _CODE.findall(_FENCED.sub("", text)):
        path, _, name = code.partition(":")
        if is_path(path):
            file = _found(page, path)
            if file is None or (name and not _has_word(file, name.strip(": "))):
                missing.add(code)
    return sorted(missing)


def is_path(code: str) -> bool:
    """Whether a piece of code is written as files and folders of the tree are."""
    if code in _NOT_OURS or code.startswith("."):
        return False
    if _FILE.fullmatch(code):
        return True
    first, slash, _ = code.partition("/")
    known = any((ROOT / beginning / first).is_dir() for beginning in _BEGINNINGS)
    return bool(slash and _FOLDER.fullmatch(code) and (known or code.endswith("/")))


def _found(page: Path, path: str) -> Path | None:
    """At one of the beginnings, or beside the page."""
    places = (*(ROOT / beginning for beginning in _BEGINNINGS), page.parent)
    return next((place / path for place in places if (place / path).exists()), None)


@pytest.mark.parametrize("page", documents(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere_and_every_path_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert broken_links(page, text) == []
    assert missing_paths(page, text) == []


def test_the_index_of_the_documents_lists_every_page() -> None:
    """Decisions are listed by an index of their own."""
    index = ROOT / "docs" / "README.md"
    listed = {(index.parent / target.partition("#")[0]).resolve() for target in _LINK.findall(index.read_text("utf-8"))}
    pages = {page for page in documents() if index.parent in page.parents and page.parent.name != "decisions"}
    assert pages - listed - {index} == set()
    assert index.parent / "decisions" / "README.md" in listed


def test_every_document_is_looked_at() -> None:
    names = {page.relative_to(ROOT).as_posix() for page in documents()}
    assert {"README.md", "docs/architecture.md", "docs/reference/runs.md", "samples/penguins/README.md"} <= names


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("[a](gone.md)", "gone.md"),
        ("[a](../README.md#no-such-heading)", "../README.md#no-such-heading"),
        ("# Here\n[a](#there)", "#there"),
    ],
)
def test_a_link_that_leads_nowhere_is_found(text: str, link: str) -> None:
    assert broken_links(ROOT / "docs" / "page.md", text) == [link]


@pytest.mark.parametrize(
    "text",
    ["# Here, there\n[a](#here-there)", "[a](../README.md#start)", "[a](https://example.com)", "```\n[a](b)\n```"],
)
def test_a_link_that_leads_somewhere_is_not_found(text: str) -> None:
    assert broken_links(ROOT / "docs" / "page.md", text) == []


def test_a_path_that_is_gone_is_found() -> None:
    gone = ["gone.toml", "llm_gateway/gone/", "schema.sql: no_such_table", "services/gone"]
    gone += ["services/gone.py", "tests/gone.py::test_it"]
    here = ["schema.sql", "schema.sql: runs", "foundation/domain/", "a/b", "x.y", "/work/out/result.json"]
    text = "\n".join(f"- `{code}`" for code in gone + here)
    assert missing_paths(ROOT / "docs" / "page.md", text) == gone
