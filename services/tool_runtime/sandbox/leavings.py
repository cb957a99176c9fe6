"""What a job left in its output folder, walked without trust and streamed in pieces.

Runs inside the sandbox after the last process of the job is dead; the runner checks everything again outside.
Plain files with one link and a plain name are handed out; everything else is named with its reason.
"""

# Names are bytes: a job may spell what no text can hold.
# ruff: noqa: PTH118, PTH123

import os
import re
import stat
from collections.abc import Callable, Iterator
from typing import Any

from tool_runtime.sandbox import frames

SKIPPED_CAP = 200


def leavings(root: bytes, rules: dict[str, Any], send: Callable[[bytes], object]) -> list[dict[str, str]]:
    """Send each file that the rules accept; return what was left out and why.

    `rules`: `segment` (a pattern that each part of a name matches), `depth`, `count`, `bytes`.
    """
    segment = re.compile(rules["segment"].encode())
    skipped: list[dict[str, str]] = []
    count, room = rules["count"], rules["bytes"]

    def skip(name: bytes, reason: str) -> None:
        if len(skipped) < SKIPPED_CAP:
            skipped.append({"name": _readable(name), "reason": reason})

    for name, path in _files(root, b"", segment, rules["depth"], skip):
        try:
            fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            skip(name, f"cannot be opened: {error.strerror}")
            continue
        with open(fd, "rb") as file:
            found = os.fstat(fd)
            if not stat.S_ISREG(found.st_mode):
                skip(name, "not a plain file")
            elif found.st_nlink != 1:
                skip(name, "has more than one link")
            elif count == 0:
                skip(name, "too many files")
            elif found.st_size > room:
                skip(name, "too large")
            else:
                count, room = count - 1, room - found.st_size
                _stream(name, file.read, found.st_size, send)
    return skipped


def _files(
    root: bytes, prefix: bytes, segment: re.Pattern[bytes], depth: int, skip: Callable[[bytes, str], None]
) -> Iterator[tuple[bytes, bytes]]:
    """Every name below the folder that is worth opening; the result document first, so that no limit hides it."""
    try:
        entries = sorted(os.scandir(os.path.join(root, prefix)), key=lambda e: (e.name != b"result.json", e.name))
    except OSError as error:
        skip(prefix or b".", f"cannot be listed: {error.strerror}")
        return
    for entry in entries:
        name = prefix + entry.name
        if not segment.fullmatch(entry.name):
            skip(name, "name not allowed")
        elif entry.is_symlink():
            skip(name, "symbolic link")
        elif not entry.is_dir(follow_symlinks=False):
            yield name, entry.path
        elif depth == 1:
            skip(name, "too deep")
        else:
            yield from _files(root, name + b"/", segment, depth - 1, skip)


def _stream(name: bytes, read: Callable[[int], bytes], size: int, send: Callable[[bytes], object]) -> None:
    left = size
    while True:
        data = read(min(left, frames.CHUNK))
        left -= len(data)
        last = left == 0 or not data
        send(frames.encode_piece(frames.ARTIFACT, frames.Piece(name=name, last=last, data=data)))
        if last:
            return


def _readable(name: bytes) -> str:
    """A name fit for a log line: printable, without direction marks, cut."""
    text = name.decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)[:200]
