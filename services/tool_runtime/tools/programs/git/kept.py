"""What of a `.git` stays when an action begins: commits, branches and tags, and where they stood before.

All else is taken away, whatever it is called: git obeys many files beside these, such as those of a merge that has
begun, and a later git may obey more. Links are taken away too, wherever they lead.
"""

import os
import pathlib
import re
import stat
import subprocess

from tool_runtime.tools.programs.endings import ActionFailed
from tool_runtime.tools.programs.git.commands import run

_KINDS = rb"refs/(?:heads|remotes|tags)"
_FILES = re.compile(
    rb"HEAD|config|packed-refs|shallow|logs/HEAD"
    rb"|objects/[0-9a-f]{2}/(?:[0-9a-f]{38}|[0-9a-f]{62})"
    rb"|objects/pack/pack-(?:[0-9a-f]{40}|[0-9a-f]{64})\.(?:pack|idx)"
    rb"|(?:logs/)?" + _KINDS + rb"/.+",
    re.DOTALL,
)
_FOLDERS = re.compile(
    rb"objects(?:/[0-9a-f]{2}|/pack)?|logs|(?:logs/)?refs|(?:logs/)?" + _KINDS + rb"(?:/.+)?", re.DOTALL
)
_LOCK = b".lock"
"""Of a command that was ended before it had done: no other one runs when an action begins."""
_PACKED = re.compile(rb"[0-9a-fA-F]{40,64} " + _KINDS + rb"/[^\n]+\n")
_HEAD = re.compile(rb"ref: (refs/heads/[^\s]+)\n?|(?:[0-9a-f]{40}|[0-9a-f]{64})\n?")
_MOST_OF_A_HEAD = 5_000
_REMOVED_AT_ONCE = 200
_REMOVE = ("/bin/rm", "-rf", "--")
"""Goes into folders as deep as they are, which a program of ours could not."""


def check_repository(folder: pathlib.Path) -> pathlib.Path:
    """The `.git` of a folder. Raises `ActionFailed` where that is no repository: git would look for another one."""
    own = folder / ".git"
    if not _is_folder(own):
        raise _none(folder, "there is none")
    if not (_is_folder(own / "objects") and _is_folder(own / "refs")):
        raise _none(folder, "its `.git` has no folder `objects` or none `refs`")
    head = own / "HEAD"
    content = b""
    if head.is_file() and not head.is_symlink():
        with head.open("rb") as file:
            content = file.read(_MOST_OF_A_HEAD)
    found = _HEAD.fullmatch(content)
    if found is None or (found[1] and not _is_name(found[1])):
        raise _none(folder, "its `.git/HEAD` is not there, or names neither a branch nor a commit")
    return own


def keep_alone(own: pathlib.Path) -> None:
    """Takes away all of a `.git` that is not to stay."""
    root = os.fsencode(own) + b"/"
    gone, pending = list[bytes](), [b""]
    while pending:
        above = pending.pop()
        with os.scandir(root + above) as entries:
            for entry in entries:
                path = above + entry.name
                mode = entry.stat(follow_symlinks=False).st_mode
                pattern = _FOLDERS if stat.S_ISDIR(mode) else _FILES if stat.S_ISREG(mode) else None
                if pattern is None or path.endswith(_LOCK) or not pattern.fullmatch(path):
                    gone.append(root + path)
                elif pattern is _FOLDERS:
                    pending.append(path + b"/")
    remove(*gone)
    _keep_packed(own / "packed-refs")


def remove(*places: str | bytes | pathlib.Path) -> None:
    """Files, links, and folders of any depth."""
    for first in range(0, len(places), _REMOVED_AT_ONCE):
        removed = subprocess.run(
            [*_REMOVE, *places[first : first + _REMOVED_AT_ONCE]], check=False, capture_output=True
        )
        if removed.returncode:
            words = removed.stderr.decode("utf-8", "replace").strip()[-1500:]
            raise ActionFailed("not_possible", f"what is not to stay in `.git` cannot be removed: {words}")


def _keep_packed(packed: pathlib.Path) -> None:
    """Without what is said there of where tags lead, which objects say themselves."""
    if not packed.is_file():
        return
    new = packed.with_suffix(".new")
    with packed.open("rb") as lines, new.open("wb") as kept:
        kept.writelines(line for line in lines if _PACKED.fullmatch(line))
    new.replace(packed)


def _is_folder(place: pathlib.Path) -> bool:
    return place.is_dir() and not place.is_symlink() and os.access(place, os.R_OK | os.X_OK)


def _is_name(name: bytes) -> bool:
    return bool(run("check-ref-format", "--normalize", os.fsdecode(name), at=None, allowed=(0, 1)))


def _none(folder: pathlib.Path, why: str) -> ActionFailed:
    return ActionFailed(
        "no_repository", f"there is no repository in {folder.name!r}: {why}; clone one into a new folder"
    )
