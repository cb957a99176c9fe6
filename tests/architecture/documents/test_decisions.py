"""Decisions have one form, the index lists them all, and what they name as their enforcement exists."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from architecture.sources import ROOT

FOLDER = ROOT / "docs" / "decisions"
PAGES = sorted(FOLDER.glob("[0-9]*.md"))
SECTIONS = [["Context", "Decision", "Consequences", "Enforced by"]]
SECTIONS.append([*SECTIONS[0][:2], "Figures", *SECTIONS[0][2:]])
_HEAD = re.compile(r"\A# (\d+)\. (.+)\n\n- Status: (.+)\n- Date: \d{4}-\d\d-\d\d\n\n## Context\n")
_LINK = r"\[(\d+)\]\((\d{4}-[\w-]+\.md)\)"
_STATUS = re.compile(rf"accepted|(?:accepted, amended|superseded) by {_LINK}(?: and {_LINK})*")
_ROW = re.compile(rf"^\| {_LINK} \| (.+) \| (.+) \|$", re.MULTILINE)
_NEVER_GIVEN = re.compile(r"Never\s+given:\s([\d,\s]+)\.")
# A file, a folder, or a test in a file: `tests/a/test_b.py::test_c`.
_PATH = re.compile(r"`([\w.-]*/[\w./-]*|[\w-]+\.(?:py|toml|sql))(?:::(\w+))?`")


def faults_of(page: Path) -> list[str]:
    """What is wrong with a page, one line a fault."""
    text = page.read_text(encoding="utf-8")
    head = _HEAD.match(text)
    if head is None:
        return ["does not begin with title, status, date and context"]
    number, _, status = head.groups()
    found = [] if int(number) == int(page.name[:4]) else [f"the title's number {number} is not the file's"]
    if not _STATUS.fullmatch(status):
        found.append(f"unknown status: {status}")
    found += [f"no such decision: {name}" for _, name in re.findall(_LINK, status) if not (FOLDER / name).exists()]
    sections = re.findall(r"^## (.+)$", text, re.MULTILINE)
    if sections not in SECTIONS:
        found.append(f"other sections than the form has: {sections}")
    return found + _faults_of_enforcement(text.partition("## Enforced by\n")[2])


def _faults_of_enforcement(text: str) -> list[str]:
    paths = _PATH.findall(text)
    if not paths:
        return ["nothing enforces it"]
    found = []
    for path, test in paths:
        if not (ROOT / path).exists():
            found.append(f"no such path: {path}")
        elif test and f"def {test}(" not in (ROOT / path).read_text(encoding="utf-8"):
            found.append(f"no such test: {path}::{test}")
    return found


def faults_of_index(text: str, pages: list[Path]) -> list[str]:
    """Where the index differs from the pages."""
    rows = [(name, number, title, status) for number, name, title, status in _ROW.findall(text)]
    heads = [(page.name, *_head(page)) for page in pages]
    found = [f"not as in the page, or no page: {row}" for row in rows if row not in heads]
    found += [f"no row: {head}" for head in heads if head not in rows]
    numbers = {int(page.name[:4]) for page in pages}
    missing = [number for number in range(1, max(numbers)) if number not in numbers]
    never_given = _NEVER_GIVEN.search(text)
    told = [int(number) for number in re.findall(r"\d+", never_given[1])] if never_given else []
    return found if told == missing else [*found, f"numbers never given are {missing}"]


def _head(page: Path) -> tuple[str, str, str]:
    head = _HEAD.match(page.read_text(encoding="utf-8"))
    return (head[1], head[2], head[3]) if head else ("", "", "")


def test_decisions_have_numbers_of_their_own() -> None:
    numbers = [page.name[:4] for page in PAGES]
    assert len(set(numbers)) == len(numbers) > 4


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_decision_has_the_form_and_names_enforcement_that_exists(page: Path) -> None:
    assert faults_of(page) == []


def test_the_index_lists_every_decision_with_its_title_and_status() -> None:
    assert faults_of_index((FOLDER / "README.md").read_text(encoding="utf-8"), PAGES) == []


_GOOD = """# 7. A title

- Status: accepted
- Date: 2026-11-21

## Context
Words.

## Decision
Words.

## Consequences
Words.

## Enforced by
`tests/architecture/documents/test_decisions.py::test_decisions_have_numbers_of_their_own`
"""
_SEEDED: dict[str, tuple[Callable[[str], str], str]] = {
    "another number": (lambda text: text.replace("# 7.", "# 8."), "the title's number"),
    "no status": (lambda text: text.replace("- Status: accepted\n", ""), "does not begin"),
    "a status of no kind": (lambda text: text.replace("accepted", "agreed"), "unknown status"),
    "superseded by nothing": (
        lambda text: text.replace("accepted", "superseded by [99](0099-gone.md)"),
        "no such decision",
    ),
    "a section left out": (lambda text: text.replace("## Consequences\n", ""), "other sections"),
    "sections in another order": (
        lambda text: text.replace("## Decision", "## X").replace("## Consequences", "## Decision"),
        "other sections",
    ),
    "a path that is gone": (lambda text: text.replace("test_decisions.py", "test_gone.py"), "no such path"),
    "a test that is gone": (lambda text: text.replace("::test_decisions", "::test_gone"), "no such test"),
    "nothing that enforces it": (lambda text: text.partition("`tests/")[0] + "Reviews.\n", "nothing enforces it"),
}


def test_the_checks_find_nothing_in_a_good_page(tmp_path: Path) -> None:
    page = tmp_path / "0007-a-title.md"
    page.write_text(_GOOD)
    assert faults_of(page) == []


@pytest.mark.parametrize("seeded", _SEEDED)
def test_the_checks_find_a_seeded_fault(seeded: str, tmp_path: Path) -> None:
    change, fault = _SEEDED[seeded]
    page = tmp_path / "0007-a-title.md"
    page.write_text(change(_GOOD))
    assert [line for line in faults_of(page) if line.startswith(fault)] != []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda text: text.replace("| A title |", "| Another title |"), "not as in the page"),
        (lambda text: text.replace("| accepted |", "| superseded |"), "not as in the page"),
        (lambda text: text.partition("| [7]")[0] + "Never given: 1, 2, 3, 4, 5, 6.", "no row"),
        (lambda text: text.replace("5, 6", "5"), "numbers never given"),
    ],
    ids=["another title", "another status", "a page without a row", "a number left out"],
)
def test_the_checks_find_a_seeded_fault_of_the_index(change: Callable[[str], str], fault: str, tmp_path: Path) -> None:
    page = tmp_path / "0007-a-title.md"
    page.write_text(_GOOD)
    index = "| [7](0007-a-title.md) | A title | accepted |\n\nNever given: 1, 2, 3, 4, 5, 6.\n"
    assert faults_of_index(index, [page]) == []
    assert [line for line in faults_of_index(change(index), [page]) if line.startswith(fault)] != []
