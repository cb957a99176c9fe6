"""Searches the documents below `/work`: which files are taken, and what of them becomes the result."""

import os
import pathlib
from collections.abc import Iterator
from typing import Any

from tool_runtime.tools.programs.endings import ActionFailed
from tool_runtime.tools.programs.places import WORK, fits, place
from tool_runtime.tools.programs.results import Room
from tool_runtime.tools.programs.search.index import Index
from tool_runtime.tools.programs.search.reading import NotReadable, read_document

LARGEST = 8 * 1024 * 1024
LARGEST_TOGETHER = 64 * 1024 * 1024
MOST_FILES = 5000
SHOWN_SKIPPED = 50

NOT_SEARCHED = frozenset({".git", ".browser", "node_modules"})
"""Folders whose files nobody wrote to be read; `.browser` has the cookies of sessions."""


class _Taken:
    """What was read by now, and what was left out."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.documents = 0
        self.bytes = 0
        self.skipped: list[dict[str, str]] = []

    def take(self, path: pathlib.Path, name: str) -> None:
        size = path.stat().st_size
        if size > LARGEST:
            return self.skip(name, f"it has {size} bytes; at most {LARGEST} are searched")
        if self.documents == MOST_FILES or self.bytes + size > LARGEST_TOGETHER:
            why = f"{self.documents} files with {self.bytes} bytes were searched, and no more are"
            return self.skip(name, f"{why}; name a folder or a glob")
        try:
            document = read_document(name, path.read_bytes())
        except NotReadable as error:
            return self.skip(name, str(error))
        self.documents += 1
        self.bytes += size
        self.index.add(name, document)
        return None

    def skip(self, name: str, why: str) -> None:
        self.skipped.append({"place": name, "reason": why})


def search_documents(wanted: dict[str, Any]) -> dict[str, Any]:
    """Raises `ActionFailed` where there is nothing to search."""
    top = place(wanted["path"])
    if not top.exists():
        raise ActionFailed("not_found", f"there is no {wanted['path']!r} below /work")
    with Index() as index:
        taken = _Taken(index)
        for path, name in _files(top, wanted["glob"]):
            taken.take(path, name)
        if not taken.documents:
            raise ActionFailed("no_documents", _nothing(taken, wanted))
        found, more = index.best(wanted["query"], wanted["limit"])
    room = Room()
    hits, cut = room.first(found, most=len(found))
    return {
        "source": "documents",
        "results": hits,
        "truncated": more or cut,
        "documents": taken.documents,
        "skipped": room.first(taken.skipped, most=SHOWN_SKIPPED)[0],
        "skipped_in_all": len(taken.skipped),
    }


def _nothing(taken: _Taken, wanted: dict[str, Any]) -> str:
    if taken.skipped:
        first = taken.skipped[0]
        return f"none of {len(taken.skipped)} files can be searched; {first['place']!r}: {first['reason']}"
    where = "below /work" if wanted["path"] == "." else f"below {wanted['path']!r}"
    told = "" if wanted["source"] else "; the web is not searched where files are staged or the step has a workspace"
    return f"there is no file {where}{' that fits the glob' if wanted['glob'] else ''}; stage some{told}"


def _files(top: pathlib.Path, glob: str | None) -> Iterator[tuple[pathlib.Path, str]]:
    """Plain files by name, without links: what a link leads to is found where it lies."""
    for path in [top] if top.is_file() else _below(top):
        name = os.fsencode(path.relative_to(WORK)).decode("utf-8", "replace")
        if not path.is_symlink() and path.is_file() and fits(glob, name):
            yield path, name


def _below(top: pathlib.Path) -> Iterator[pathlib.Path]:
    for folder, folders, files in os.walk(top):
        folders[:] = sorted(name for name in folders if name not in NOT_SEARCHED)
        yield from (pathlib.Path(folder, name) for name in sorted(files))
