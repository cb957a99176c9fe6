"""A document as its passages: where each begins, what it says, and the title that it stands under."""

import pytest

from tool_runtime.tools.programs.search.reading import (
    LONGEST_HEADING,
    MAX_TITLE,
    PASSAGE,
    NotReadable,
    Passage,
    read_document,
)


def test_a_heading_begins_a_passage_and_is_the_title_of_what_follows() -> None:
    text = b"before\n\n# Birds #\nThey fly.\n\n## Penguins\n\nThey swim.\n"
    assert read_document("notes/birds.md", text) == [
        Passage(1, "before\n", "birds.md"),
        Passage(3, "# Birds #\nThey fly.\n", "Birds"),
        Passage(6, "## Penguins\n\nThey swim.", "Penguins"),
    ]


def test_a_passage_begins_at_its_first_line_that_says_something() -> None:
    assert read_document("a.txt", b"\n  \nsaid\n") == [Passage(3, "said", "a.txt")]


def test_a_passage_ends_with_the_line_that_fills_it() -> None:
    line = "x" * (PASSAGE // 2)
    found = read_document("a.txt", "\n".join([line] * 3).encode())
    assert [(passage.line, passage.text) for passage in found] == [(1, f"{line}\n{line}"), (3, line)]


@pytest.mark.parametrize(("spare", "passages"), [(0, 1), (1, 2)])
def test_a_passage_takes_lines_up_to_its_size_with_their_ends(spare: int, passages: int) -> None:
    first = "x" * (PASSAGE - 1 + spare)
    assert len(read_document("a.txt", f"{first}\nsecond".encode())) == passages


@pytest.mark.parametrize(("length", "is_heading"), [(LONGEST_HEADING, True), (LONGEST_HEADING + 1, False)])
def test_a_line_that_is_too_long_for_a_heading_is_text(length: int, *, is_heading: bool) -> None:
    heading = "# " + "h" * (length - 2)
    (passage,) = read_document("a.md", heading.encode())
    assert passage.title == ("h" * MAX_TITLE if is_heading else "a.md")


def test_a_page_is_what_a_person_sees_of_it_by_the_lines_of_its_source() -> None:
    page = b"""<title>The
        zoo</title><style>p { color: red }</style>
<p>First &amp;
  foremost</p><script>alert("<p>unseen</p>")</script>
<ul><li>one<li>two</ul><noscript><p>not this</p></noscript>"""
    (passage,) = read_document("zoo.HTML", page)
    assert passage.title == "The zoo"
    assert passage.text.split("\n\n") == ["First & foremost", "one", "two"]
    assert passage.line == 3


def test_what_stands_in_a_page_outside_of_every_block_is_read_too() -> None:
    (passage,) = read_document("bare.htm", b"bare words")
    assert passage == Passage(1, "bare words", "bare.htm")


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7 ...", b"a\0b", b"caf\xe9", b"\xff\xfea\0"], ids=["PDF", "NUL", "Latin-1", "UTF-16"]
)
def test_what_is_no_text_is_refused_with_what_to_do(content: bytes) -> None:
    with pytest.raises(NotReadable, match=r"make a text of it with a program first|not written in UTF-8"):
        read_document("a.txt", content)


def test_a_mark_of_byte_order_is_no_part_of_the_text() -> None:
    assert read_document("a.txt", b"\xef\xbb\xbfsaid") == [Passage(1, "said", "a.txt")]
