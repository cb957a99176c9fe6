"""A diff as a result tells it: the changed paths, a text for who reads it, and a patch that has all of it."""

import pathlib
from collections.abc import Callable, Iterable, Iterator

from tool_runtime.tools.programs.endings import OUT
from tool_runtime.tools.programs.results import Room, Told, put_away

SHOWN_DIFF = 100_000
SHOWN_FILES = 500
PATCH = "diff.patch"
WHOLE = "--ignore-submodules=dirty"
"""Without it `.gitmodules` could leave out that a folder has become a repository of its own, or another commit."""
_DIFF = ("diff", "--no-ext-diff", "--no-textconv", "--no-color", WHOLE)

Git = Callable[..., bytes]
"""Runs git with arguments and gives what it prints."""


def told_diff(git: Git, revisions: Iterable[str], room: Room, folder: pathlib.Path = OUT) -> Told:
    """`{changed, diff, truncated}` between the revisions, or of one and the folder as it is.

    Where something differs, all of it is the file, byte for byte, as `git apply` takes it; `truncated` says that the
    text is less than that.
    """
    of = (*revisions, "--")
    patch = git(*_DIFF, "--binary", *of)
    put_away(PATCH, folder)
    if patch:
        (folder / PATCH).write_bytes(patch)
    names = git(*_DIFF, "--name-status", "-z", *of).split(b"\0")
    changed, left_out = room.first(_changes(names), most=SHOWN_FILES)
    # In which the bytes of files that are no text do not stand.
    shown = room.text(git(*_DIFF, *of).decode("utf-8", "replace"), most=SHOWN_DIFF)
    return {"changed": changed, "diff": shown, "truncated": left_out or shown.encode() != patch}


def _changes(fields: list[bytes]) -> Iterator[Told]:
    """Status and path of each; a rename has two paths, of which the second one is there now."""
    rest = [field.decode("utf-8", "replace") for field in fields if field]
    while len(rest) > 1:
        status = rest.pop(0)
        paths = [rest.pop(0) for _ in range(2 if status[:1] in "RC" and len(rest) > 1 else 1)]
        yield {"status": status[:1], "path": paths[-1]}
