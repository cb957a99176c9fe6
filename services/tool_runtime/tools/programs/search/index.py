"""An index of passages in memory (SQLite's FTS5): ranked by BM25, a word of the title counting like four of the text.

Chinese and Japanese write no blanks between words, so each of their characters is indexed as a word, and characters
that stand together in a query are looked for together.
"""

import contextlib
import re
import sqlite3
from types import TracebackType
from typing import Any, Self

from tool_runtime.tools.programs.search.reading import Passage

SNIPPET_WORDS = 40
MAX_SNIPPET = 600
_UNBROKEN = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f])")
_BESIDE = r"[\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003134f]"
"""The same with their punctuation."""
_BROKEN = re.compile(rf"(?:(?<={_BESIDE})|(?<={_BESIDE}\*\*)) (?=\**{_BESIDE})")
_QUOTED = re.compile(r'"([^"]+)"|(\S+)')
_FOUND = "\x02", "\x03"
"""Around words that were found, until it is known where they stand; no text keeps control characters."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]|[\ud800-\udfff]")


class Index:
    """Closed by leaving it."""

    def __init__(self) -> None:
        self._database = sqlite3.connect(":memory:", isolation_level=None)
        self._database.execute(
            "CREATE VIRTUAL TABLE passages USING fts5("
            "title, text, place UNINDEXED, line UNINDEXED, shown UNINDEXED, tokenize = 'porter unicode61')"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._database.close()

    def add(self, place: str, passages: list[Passage]) -> None:
        rows = [
            (_parted(_clean(one.title)), _parted(_clean(one.text)), place, one.line, _clean(one.title))
            for one in passages
        ]
        self._database.executemany("INSERT INTO passages VALUES (?, ?, ?, ?, ?)", rows)

    def best(self, query: str, limit: int) -> tuple[list[dict[str, Any]], bool]:
        """The passages nearest to the query, and whether there were more. Any of its words may be found."""
        wanted = _expression(query)
        if wanted is None:
            return [], False
        with contextlib.closing(
            self._database.execute(
                "SELECT shown, snippet(passages, 1, ?, ?, '…', ?), -bm25(passages, 4.0, 1.0), place, line"
                " FROM passages WHERE passages MATCH ? ORDER BY bm25(passages, 4.0, 1.0), place, line LIMIT ?",
                (*_FOUND, SNIPPET_WORDS, wanted, limit + 1),
            )
        ) as rows:
            found = [_hit(*row) for row in rows]
        return found[:limit], len(found) > limit


def _hit(title: str, snippet: str, score: float, place: str, line: int) -> dict[str, Any]:
    shown = _BROKEN.sub("", " ".join(snippet.replace(_FOUND[0], "**").replace(_FOUND[1], "**").split()))
    # What every passage has counts almost nothing, and no less than that.
    return {
        "title": title,
        "snippet": shown[:MAX_SNIPPET],
        "score": round(max(score, 0.0), 4),
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
    return _CONTROL.sub(" ", text)
