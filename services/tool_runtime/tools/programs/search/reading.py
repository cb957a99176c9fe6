"""A document as its passages: short runs of its lines, each with the title above it and the line that it begins at."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

PASSAGE = 1200
"""Characters after which a passage ends with its line; a longer line is a passage of its own."""
MAX_TITLE = 200
LONGEST_HEADING = 400
"""Characters of a line that may be a heading; to look at a longer one could take long."""
_MARKUP = (".html", ".htm", ".xhtml")
_HEADING = re.compile(r"#{1,6}\s+(.+?)\s*#*\s*")
_BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "br", "dd", "div", "dt", "footer", "header", "hr", "li", "main"),
        *("h1", "h2", "h3", "h4", "h5", "h6"),
        *("nav", "ol", "option", "p", "pre", "section", "table", "td", "th", "title", "tr", "ul"),
    }
)
_UNSEEN = frozenset({"script", "style", "template", "noscript"})


class NotReadable(Exception):
    """The file is no document that is searched; the text says why."""


@dataclass(frozen=True)
class Passage:
    """Some lines of a document; `line` counts from 1."""

    line: int
    text: str
    title: str


def read_document(name: str, content: bytes) -> list[Passage]:
    """The passages of a text, Markdown, HTML, CSV, JSON or source file; raises `NotReadable` for any other."""
    if b"\0" in content[:65536] or content.startswith(b"%PDF-"):
        raise NotReadable("it is no text; make a text of it with a program first")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotReadable("it is not written in UTF-8") from None
    title = name.rpartition("/")[2][:MAX_TITLE]
    if name.lower().endswith(_MARKUP):
        page = _Page()
        try:
            page.feed(text)
            page.close()
        except (AssertionError, ValueError, RecursionError) as error:
            # The library's own words for declarations and numbers of characters that it cannot follow.
            raise NotReadable(f"its HTML cannot be read: {str(error)[:200]}") from error
        # Blocks of a page are places of their own, as paragraphs of a text are.
        return list(_passages(page.lines(), page.title or title, between="\n\n"))
    # Lines end where git ends them and `files` counts them.
    lines = (line.removesuffix("\r") for line in text.removesuffix("\n").split("\n"))
    return list(_passages(enumerate(lines, 1), title))


def _passages(lines: Iterable[tuple[int, str]], title: str, *, between: str = "\n") -> Iterator[Passage]:
    """A heading of Markdown is the title of what follows it, and begins a passage."""
    kept: list[str] = []
    size = begin = 0
    for number, line in lines:
        heading = _HEADING.fullmatch(line) if len(line) <= LONGEST_HEADING else None
        if kept and (heading or size > PASSAGE):
            yield Passage(begin, between.join(kept), title)
            kept, size = [], 0
        if heading:
            title = heading[1][:MAX_TITLE]
        if not kept and not line.strip():
            continue
        begin = begin if kept else number
        kept.append(line)
        size += len(line) + 1
    if kept:
        yield Passage(begin, between.join(kept), title)


class _Page(HTMLParser):
    """The text of a page as a person sees it, by the lines of its source."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self._found: list[tuple[int, list[str]]] = []
        self._unseen: list[str] = []
        self._in_title = False

    def lines(self) -> Iterator[tuple[int, str]]:
        for number, words in self._found:
            if text := " ".join("".join(words).split()):
                yield number, text

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in _UNSEEN:
            self._unseen.append(tag)
        self._in_title = tag == "title"
        if tag in _BLOCKS:
            self._found.append((self.getpos()[0], []))

    def handle_endtag(self, tag: str) -> None:
        if self._unseen and tag == self._unseen[-1]:
            self._unseen.pop()
        self._in_title = False
        if tag in _BLOCKS:
            self._found.append((self.getpos()[0], []))

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        if self._in_title:
            self.title = (self.title + " ".join(data.split()))[:MAX_TITLE]
            return
        if not self._found:
            self._found.append((self.getpos()[0], []))
        self._found[-1][1].append(data)
