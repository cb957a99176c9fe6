"""An index of passages in memory (SQLite's FTS5): ranked by BM25, a word of the title counting like four of the text.

BM25 gives a word that more than half of all passages have no weight, which with few passages is most words. So passages
that nobody finds are laid beside them, of their usual length: a word that all have then counts something.

Chinese and Japanese write no blanks between words, so each of their characters is indexed as a word, and characters
that stand together in a query are looked for together.
"""

import contextlib
import re
import sqlite3
from types import TracebackType
from typing import Any, Self

from foundation.contracts.accepted.shown_text import without_marks
from tool_runtime.tools.programs.search.reading import Passage

SNIPPET_WORDS = 40
MAX_SNIPPET = 600
_LEAST_SCORE = 0.0001
_UNBROKEN = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f])")
_BESIDE = r"[\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003134f]"
"""The same with their punctuation."""
_BROKEN = re.compile(rf"(?:(?<={_BESIDE})|(?<={_BESIDE}\*\*)) (?=\**{_BESIDE})")
_QUOTED = re.compile(r'"([^"]+)"|(\S+)')
_FOUND = "\x02", "\x03"
"""Around words that were found, until it is known where they stand; no text keeps control characters."""
_UNSTORABLE = re.compile(r"[\ud800-\udfff]")
_PARAGRAPH = re.compile(r"\s*\n\s*\n\s*")
_FEW = 500
"""Passages up to which others are laid beside them; of more, a word that most have tells nothing."""
_BESIDE_EACH = 2
_FILLER = "\ue000"
"""A word of no text: a character that Unicode gives to nobody."""


_INSERT = "INSERT INTO passages VALUES (?, ?, ?, ?, ?)"


class Index:
    """Closed by leaving it."""

    def __init__(self) -> None:
        self._database = sqlite3.connect(":memory:", isolation_level=None)
        self._database.execute(
            "CREATE VIRTUAL TABLE passages USING fts5("
            "title, text, place UNINDEXED, line UNINDEXED, shown UNINDEXED, tokenize = 'porter unicode61')"
        )

        self._passages = self._words = 0
        self._is_filled = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._database.close()

    def add(self, place: str, passages: list[Passage]) -> None:
        rows = [
            (_parted(_clean(one.title)), _parted(_clean(one.text)), place, one.line, _clean(one.title))
            for one in passages
        ]
        self._database.executemany(_INSERT, rows)
        self._passages += len(rows)
        self._words += sum(len(title.split()) + len(text.split()) for title, text, *_ in rows)

    def best(self, query: str, limit: int) -> tuple[list[dict[str, Any]], bool]:
        """The passages nearest to the query, and whether there were more. Any of its words may be found."""
        wanted = _expression(query)
        if wanted is None:
            return [], False
        self._fill()
        with contextlib.closing(
            self._database.execute(
                "SELECT shown, snippet(passages, 1, ?, ?, '…', ?), -bm25(passages, 4.0, 1.0), place, line"
                " FROM passages WHERE passages MATCH ? AND place != ''"
                " ORDER BY bm25(passages, 4.0, 1.0), place, line LIMIT ?",
                (*_FOUND, SNIPPET_WORDS, wanted, limit + 1),
            )
        ) as rows:
            found = [_hit(*row) for row in rows]
        return found[:limit], len(found) > limit

    def _fill(self) -> None:
        if self._is_filled or not 0 < self._passages <= _FEW:
            return
        self._is_filled = True
        text = " ".join([_FILLER] * max(1, self._words // self._passages))
        self._database.executemany(_INSERT, [("", text, "", 0, "")] * (_BESIDE_EACH * self._passages))


def _hit(title: str, snippet: str, score: float, place: str, line: int) -> dict[str, Any]:
    parts = _PARAGRAPH.split(snippet.replace(_FOUND[0], "**").replace(_FOUND[1], "**").strip())
    shown = " … ".join(_BROKEN.sub("", " ".join(part.split())) for part in parts).replace("… …", "…")
    # What nearly all of many passages have counts almost nothing, and still more than what is not found.
    return {
        "title": title,
        "snippet": shown[:MAX_SNIPPET],
        "score": max(round(score, 4), _LEAST_SCORE),
        "path": place,
        "line": line,
    }


def _expression(query: str) -> str | None:
    """The query in FTS5's language, where nothing of it is an operator; None when no word is left."""
    words = ["".join(found) for found in _QUOTED.findall(query)]
    quoted = [text for word in words if (text := " ".join(re.findall(r"\w+", _parted(_clean(word)))))]
    return " OR ".join(f'"{text}"' for text in quoted) or None


def _parted(text: str) -> str:
    return _UNBROKEN.sub(r" \1 ", text)


def _clean(text: str) -> str:
    """As it is shown, line by line: whoever wrote a document wrote its titles too."""
    return "\n".join(without_marks(_UNSTORABLE.sub(" ", line)) for line in text.split("\n"))
