"""Files of tests have names of their own: two of one name cannot be run together."""

from collections import Counter

from architecture.sources import ROOT


def test_no_two_files_of_tests_have_one_name() -> None:
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []
