"""docs/reference/tools.md tells every tool as the catalogue has it."""

from fixtures.api.tools_page import COMMAND, PAGE, fresh, named, tables


def test_the_page_has_the_tables_of_every_tool_and_no_others() -> None:
    assert sorted(named(PAGE.read_text(encoding="utf-8"))) == sorted(tables())


def test_the_tables_are_those_of_the_catalogue() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert fresh(page) == page, f"the page is stale; write its tables anew: {COMMAND}"


def test_a_stale_table_is_seen() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert fresh(page.replace("| `http` | ", "| `ftp` | ", 1)) == page
