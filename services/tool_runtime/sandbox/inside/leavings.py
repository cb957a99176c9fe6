"""What a job left in its output folder, walked without trust and streamed in pieces.

Runs inside the sandbox after the last process of the job is dead; the runner checks everything again outside.
Plain files with one link and a plain name are handed out; everything else is named with its reason.
"""

import os
import re
import stat
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from tool_runtime.sandbox import frames

MOST_SKIPPED = 200
READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
_FOLDER, _FILE = 0o700, 0o400
"""What the owner needs to open one."""

Opened = TypeVar("Opened")


def opened_anyway(how: Callable[[], Opened], path: bytes, mode: int, folder: int | None = None) -> Opened:
    """What `how` gives, also where the job closed its own file or folder: left out, it would seem not to be there.

    No process of the job is alive that could put a link in its place.
    """
    try:
        return how()
    except PermissionError:
        os.chmod(path, mode, dir_fd=folder)
        return how()


def leavings(root: bytes, rules: dict[str, Any], send: Callable[[bytes], object]) -> list[dict[str, str]]:
    """Send each file that the rules accept; return what was left out and why.

    `rules`: `segment` (a pattern that each part of a name matches), `name` (bytes), `depth` (folders above a file),
    `count`, `bytes`. A folder that is left out says how many files are lost with it.
    """
    segment = re.compile(rules["segment"])
    skipped: list[dict[str, str]] = []
    count, room = rules["count"], rules["bytes"]

    more = 0

    def skip(name: bytes, reason: str) -> None:
        nonlocal more
        if len(skipped) < MOST_SKIPPED:
            skipped.append({"name": _readable(name), "reason": reason})
        else:
            more += 1

    try:
        top = opened_folder(root)
    except OSError as error:
        skip(b".", f"cannot be opened: {error.strerror}")
        return skipped
    for name, fd in _walk(top, b"", rules["depth"], lambda name, own: _fault(name, own, segment, rules["name"]), skip):
        with os.fdopen(fd, "rb") as file:
            found = os.fstat(fd)
            if not stat.S_ISREG(found.st_mode):
                skip(name, "not a plain file")
            elif found.st_nlink != 1:
                skip(name, "has more than one link")
            elif count == 0:
                skip(name, f"more than {rules['count']} files")
            elif found.st_size > room:
                skip(name, f"{found.st_size} bytes, more than what is left of {rules['bytes']} for all files")
            else:
                count, room = count - 1, room - found.st_size
                _stream(name, file.read, found.st_size, send)
    os.close(top)
    if more:
        skipped.append({"name": "…", "reason": f"and {more} more files"})
    return skipped


def _walk(
    folder: int,
    prefix: bytes,
    depth: int,
    fault: Callable[[bytes, bytes], str | None],
    skip: Callable[[bytes, str], None],
) -> Iterator[tuple[bytes, int]]:
    """Every file below the folder, opened; the result document first, so that no limit hides it.

    Each step is relative to the folder before it and follows no link.
    """
    found = {os.fsencode(entry.name): entry for entry in os.scandir(folder)}
    if prefix and not found:
        skip(prefix, "an empty folder")
    for own in sorted(found, key=lambda name: (name != b"result.json", name)):
        name, is_folder = prefix + own, found[own].is_dir(follow_symlinks=False)
        reason = fault(name, own) or ("in too many folders" if is_folder and depth == 0 else None)
        if reason is not None and is_folder:
            if lost := _files_below(folder, own):
                skip(name, f"{reason}; {lost} with it")
            continue
        if reason is not None or found[own].is_symlink():
            skip(name, reason or "symbolic link")
            continue
        if is_folder and name == b"result.json":
            skip(name, "a folder, where a document was to be")
        try:
            fd = opened_folder(own, folder) if is_folder else opened_file(own, folder)
        except OSError as error:
            skip(name, f"cannot be opened: {error.strerror}")
            continue
        if not is_folder:
            yield name, fd
            continue
        try:
            yield from _walk(fd, name + b"/", depth - 1, fault, skip)
        finally:
            os.close(fd)


def opened_folder(path: bytes, above: int | None = None) -> int:
    """A folder, opened, and such that what is in it can be opened."""
    fd = opened_anyway(lambda: os.open(path, READ | os.O_DIRECTORY, dir_fd=above), path, _FOLDER, above)
    if stat.S_IMODE(os.fstat(fd).st_mode) & _FOLDER != _FOLDER:
        os.fchmod(fd, _FOLDER)
    return fd


def opened_file(path: bytes, above: int | None = None) -> int:
    return opened_anyway(lambda: os.open(path, READ | os.O_NONBLOCK, dir_fd=above), path, _FILE, above)


def _files_below(folder: int, own: bytes) -> str:
    """How many files lie in this folder and below, in words; empty for none. No folder is held open by another."""
    count, unknown, folders = 0, False, [own]
    while folders:
        path = folders.pop()
        try:
            fd = opened_folder(path, folder)
        except OSError:  # a path can become longer than the kernel takes
            unknown = True
            continue
        try:
            for entry in os.scandir(fd):
                if entry.is_dir(follow_symlinks=False):
                    folders.append(path + b"/" + os.fsencode(entry.name))
                else:
                    count += 1
        finally:
            os.close(fd)
    if not count:
        return "an unknown number of files" if unknown else ""
    return f"{'at least ' if unknown else ''}{count} file{'' if count == 1 else 's'}"


def _fault(name: bytes, own: bytes, segment: re.Pattern[str], longest: int) -> str | None:
    """What is wrong with a name, of which `own` is the last part."""
    try:
        text = own.decode()
    except UnicodeDecodeError:
        return "the name is not UTF-8"
    if not segment.fullmatch(text):
        return "the name has control characters, a backslash, or marks that turn text around, or is of blanks alone"
    return "the name is too long" if len(name) > longest else None


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
