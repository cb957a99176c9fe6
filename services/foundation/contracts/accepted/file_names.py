"""The names that a file may have when it is uploaded, staged or produced: any Unicode path within its folder."""

import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, Field

from foundation.contracts.accepted.sentences import WrittenAs
from foundation.contracts.accepted.shown_text import BLANKS, CONTROLS, DIRECTION_MARKS
from foundation.domain.words.quoting import quoted

# Without control characters (C0, C1, line and paragraph separators), without what turns the direction of the text
# around it, without half characters, and not of blanks alone. A backslash separates folders for readers on other
# systems.
SEGMENT_PATTERN = rf"(?!\.{{1,2}}$)(?![{BLANKS}]+$)[^/\\{CONTROLS}{DIRECTION_MARKS}\ud800-\udfff]+"
MAX_DEPTH = 16
"""Folders above a file."""
MAX_SEGMENT_BYTES = 255
MAX_NAME_BYTES = 1000

_SEGMENT = re.compile(SEGMENT_PATTERN)

HttpUrl = Annotated[str, Field(max_length=8192), WrittenAs(r"^https?://[^\s]+$", "an http or https URL is needed")]
"""From where a file is read, or where it is put."""


def valid_file_name(name: str, *, most_folders: int | None = MAX_DEPTH) -> str:
    """A relative path below the folder that the file is put into; raises `ValueError` with the reason otherwise.

    `most_folders` None: as many as fit into `MAX_NAME_BYTES`.
    """
    segments = name.split("/")
    if name.startswith("/"):
        raise ValueError("a file's name is no absolute path")
    if most_folders is not None and len(segments) > most_folders + 1:
        raise ValueError(f"a file's name has at most {most_folders} folders")
    for segment in segments:
        if segment in {"", ".", ".."}:
            raise ValueError(f"{quoted(segment)} is no part of a file's name")
        if not _SEGMENT.fullmatch(segment):
            raise ValueError(
                "a file's name has no control characters, no backslash and no marks that turn text around, "
                "and is not of blanks alone"
            )
        if len(segment.encode()) > MAX_SEGMENT_BYTES:
            raise ValueError(f"a part of a file's name has at most {MAX_SEGMENT_BYTES} bytes")
    if len(name.encode()) > MAX_NAME_BYTES:
        raise ValueError(f"a file's name has at most {MAX_NAME_BYTES} bytes")
    return name


def names_in_each_others_way(names: Iterable[str]) -> tuple[str, str] | None:
    """Two names that cannot be in one folder: the same, or one a file where the other has a folder."""
    seen: set[str] = set()
    folders: dict[str, str] = {}
    for name in names:
        above = ["/".join(name.split("/")[:depth]) for depth in range(1, name.count("/") + 1)]
        other = name if name in seen else folders.get(name) or next((path for path in above if path in seen), None)
        if other is not None:
            return other, name
        seen.add(name)
        folders.update(dict.fromkeys(above, name))
    return None


FileName = Annotated[str, AfterValidator(valid_file_name)]
