"""A decision says its context, itself, its consequences, and what enforces it."""

import re

import pytest

from architecture.sources import ROOT

_PAGES = sorted((ROOT / "docs" / "decisions").glob("*.md"))
_PARTS = ["Context", "Decision", "Consequences", "Enforced by"]
_PART = re.compile(r"^(?:## |\*\*)(Context|Decision|Consequences|Enforced by)\b\.?(?:\*\*)?", re.MULTILINE)
_PATH = re.compile(r"`((?:tests|services|localstack|infra|statemachines|bench)/[\w./-]+)")


def test_there_are_decisions() -> None:
    assert len(_PAGES) > 4


def test_decisions_are_numbered_apart() -> None:
    numbers = [page.name[:4] for page in _PAGES]
    assert all(number.isdigit() for number in numbers)
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.stem)
def test_a_page_has_its_four_parts_in_order(page: object) -> None:
    text = (ROOT / "docs" / "decisions" / str(page)).read_text(encoding="utf-8")
    assert _PART.findall(text) == _PARTS
    assert text.startswith("# ")


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.stem)
def test_what_a_page_names_is_there(page: object) -> None:
    text = (ROOT / "docs" / "decisions" / str(page)).read_text(encoding="utf-8")
    missing = [path for path in _PATH.findall(text) if not (ROOT / path.rstrip(".")).exists()]
    assert missing == []
