"""What a result may hold: texts as they can be stored, told in part where they are long, in a document that fits.

The bound is one of bytes in UTF-8, as the runner counts them. A program gives its texts and lists their room, so that
it says itself what it left out.
"""

import json
import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any

MOST_BYTES = 256 * 1024
"""Of the whole document; `foundation.contracts.tool_job.RESULT_BYTES` is the same, and a test compares both."""
ROOM_BYTES = 208 * 1024
"""What texts and lists take of it at most: the rest is for the members around them."""

REPLACEMENT = "\ufffd"
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_DETAIL_BYTES = 4000

RESULT = "result.json"
_OPEN = 0o755

Told = dict[str, Any]
_ours: dict[Path, bytes] = {}
"""What was written last in each folder."""


def clean(text: str) -> str:
    """The text with U+FFFD for what nobody can store: U+0000 and halves of characters."""
    return text if text.isascii() and "\0" not in text else _UNSTORABLE.sub(REPLACEMENT, text)


def cleaned(value: Any) -> Any:
    """The value with clean texts, those of its keys as well."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(name)): cleaned(item) for name, item in value.items()}
    return [cleaned(item) for item in value] if isinstance(value, list | tuple) else value


def size_of(value: Any) -> int:
    """The bytes that the value takes in a result."""
    return len(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def beginning(text: str, most: int) -> str:
    """The text, clean, or so much of its beginning as takes `most` bytes in a result."""
    text = clean(text[:most])
    if _inner_size(text) <= most:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _inner_size(text[:middle]) <= most else (low, middle - 1)
    return text[:low]


def _inner_size(text: str) -> int:
    """Without its quotation marks, which stand there however short it is."""
    return size_of(text) - 2


class Room:
    """The bytes that are left for some of a result's texts and lists."""

    def __init__(self, size: int = ROOM_BYTES) -> None:
        self.left = size

    def text(self, text: str, *, most: int | None = None) -> str:
        """The text, clean, or its beginning: at most so many characters, and no more than there is room for."""
        shown = beginning(text if most is None else text[:most], self.left)
        self.left -= _inner_size(shown)
        return shown

    def takes(self, value: Any) -> bool:
        """Whether there is room for the value; then it is taken."""
        size = size_of(value) + 2  # with the comma and the blank behind it
        if size > self.left:
            return False
        self.left -= size
        return True

    def first(self, items: Iterable[Any], *, most: int) -> tuple[list[Any], bool]:
        """The first of them, at most so many and as many as there is room for, and whether there are more."""
        kept: list[Any] = []
        for item in items:
            if len(kept) == most or not self.takes(item):
                return kept, True
            kept.append(item)
        return kept, False


def error_of(code: str, detail: str) -> Told:
    """The member `error` of a result."""
    return {"code": code, "detail": beginning(detail, _DETAIL_BYTES)}


def write_result(result: Told, folder: Path) -> Told:
    """Writes the result as a whole, and returns it as it is written. A file of somebody else's of its name is kept.

    One that would be too large all the same is told to be so: it is a fault of the program's, and no silent loss.
    """
    written: Told = cleaned(result)
    if size_of(written) > MOST_BYTES:
        detail = f"what the tool would tell has {size_of(written)} bytes; {MOST_BYTES} are taken"
        written = {"error": written.get("error") or error_of("result_too_large", detail)}
    content = json.dumps(written, ensure_ascii=False).encode()
    _stand_ready(folder)
    # Under a name that nobody can have taken, so that a result which lies there is a whole one.
    beside = folder / f".{os.urandom(8).hex()}"
    with beside.open("xb") as file:
        file.write(content)
    _keep_anothers(folder)
    _ours[folder] = content
    beside.replace(folder / RESULT)
    return written


def _stand_ready(folder: Path) -> None:
    """A folder that another program of the job has taken away, closed or put something in the place of is there again.

    What has its name and is no folder is removed: what a link leads to is none of what the job hands out.
    """
    if stat.S_IMODE(folder.parent.stat().st_mode) & _OPEN != _OPEN:
        folder.parent.chmod(_OPEN)
    if folder.is_symlink() or (os.path.lexists(folder) and not folder.is_dir()):
        folder.unlink()
    folder.mkdir(exist_ok=True)
    if stat.S_IMODE(folder.stat().st_mode) & _OPEN != _OPEN:
        folder.chmod(_OPEN)


def _keep_anothers(folder: Path) -> None:
    """What a program that ran in here has left under the name of the result lies beside it then."""
    found = folder / RESULT
    ours = _ours.get(folder)
    if found.is_symlink() or not found.exists():
        return
    if ours is not None and found.is_file() and found.stat().st_size == len(ours) and found.read_bytes() == ours:
        return
    put_away(RESULT, folder)


def put_away(name: str, folder: Path) -> None:
    """A file of somebody else's under a name of ours gets another name, so that it is never taken for ours."""
    if not os.path.lexists(folder / name):
        return
    other = f"{name}.other"
    taken = sum(1 for one in folder.iterdir() if one.name.startswith(other))
    (folder / name).rename(folder / (f"{other}.{taken + 1}" if taken else other))
