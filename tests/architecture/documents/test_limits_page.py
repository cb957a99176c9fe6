"""docs/reference/limits.md has every limit that the code has, at its value; nobody meets one that is not told."""

import importlib
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


def test_every_exception_is_a_number_that_reads_as_a_limit() -> None:
    def reads_so(name: str) -> bool:
        module, _, own = name.rpartition(".")
        found = importlib.import_module(module)
        return own in limits.limits_in(Path(str(found.__file__)).read_text(encoding="utf-8"), vars(found))

    assert [name for name in limits.NO_LIMITS if not reads_so(name)] == []


@pytest.mark.parametrize(
    "source",
    [
        "MAX_FILES = 3",
        "_LIMIT = 7",
        "UPLOAD_LIMIT = 10 * 1024",
        "_LONGEST_PAUSE = 0.5",
        "ARTIFACT_BYTES: int = 64 << 20",
        "_SHOWN_TEXT = 4_000",
        "NAME_LENGTH = 64",
        "TREE_DEPTH = 16.0",
    ],
)
def test_a_limit_is_found_by_whatever_name(source: str) -> None:
    names: dict[str, object] = {}
    exec(source, names)  # noqa: S102  # one assignment, written above
    assert len(limits.limits_in(source, names)) == 1


def test_what_is_imported_or_measures_nothing_is_no_limit_of_the_module() -> None:
    names: dict[str, object] = {"MAX_CODE": 3, "MIB": 1 << 20, "IS_LIMIT": True, "limit": 3, "AGAIN_SECONDS": 1.0}
    source = "from elsewhere import MAX_CODE\nMIB = 1 << 20\nIS_LIMIT = True\nlimit = 3\nAGAIN_SECONDS = 1.0\n"
    assert limits.limits_in(source, names) == {}
