"""docs/reference/limits.md has every limit that the code has, at its value; nobody meets one that is not told."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from fixtures.api import limits

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "limits.md").read_text(encoding="utf-8")
SECTIONS: dict[str, Callable[[], dict[str, str]]] = {
    "The API": limits.of_the_api,
    "Tools": limits.of_tools,
    "The gateway": limits.of_rates,
    "Settings": limits.of_settings,
    "Fixed": limits.of_constants,
}


def told(section: str) -> dict[str, str]:
    """Name and value of each row of a section's table."""
    text = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    [own] = [part for part in text if part.startswith(f"{section}\n")]
    return dict(re.findall(r"^\| `([^`]+)` \| ([^|]+?) \|", own, re.MULTILINE))


@pytest.mark.parametrize("section", SECTIONS)
def test_the_page_tells_every_limit_at_its_value(section: str) -> None:
    found = SECTIONS[section]()
    assert len(found) > 5
    missing = {name: value for name, value in found.items() if told(section).get(name) != value}
    assert missing == {}, "rows to be written or mended"


@pytest.mark.parametrize("section", SECTIONS)
def test_the_page_tells_of_no_limit_that_is_gone(section: str) -> None:
    assert set(told(section)) - set(SECTIONS[section]()) == set()


@pytest.mark.parametrize("section", ["Tools", "Settings", "Fixed"])
def test_every_row_says_what_happens_beyond(section: str) -> None:
    own = PAGE.partition(f"## {section}\n")[2].partition("\n## ")[0]
    rows = [line for line in own.splitlines() if line.startswith("| `")]
    assert [row for row in rows if len(row.split(" | ")) != 3 or len(row.split(" | ")[2]) < 15] == []
