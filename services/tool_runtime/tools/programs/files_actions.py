"""Does what `in/files.json` says to the files below `/work`, and writes what came of it to `out/result.json`.

Ends with 0 where it is done, and with 1 where it is not: then the result is an `error` with a code and a detail.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
from collections.abc import Callable, Iterator

from tool_runtime.tools.programs.clock import ends_at
from tool_runtime.tools.programs.endings import ActionFailed, ends
from tool_runtime.tools.programs.http.deadline import Late, deadline
from tool_runtime.tools.programs.places import WORK, fits, place
from tool_runtime.tools.programs.results import Room, Told

_RESULT = WORK / "out" / "result.json"
OWN = frozenset({"in/files.json"})
"""What is ours below `/work`, and nobody's to see."""
SHOWN_TEXT = 100_000
SHOWN_ENTRIES = 1000
SHOWN_MATCHES = 200
SHOWN_LINE = 400
LARGEST_SEARCHED = 8 * 1024 * 1024
_MARGIN_SECONDS = 1.0
"""Kept of the time to write the result."""
_FEWER = "name a folder or a glob that fits fewer files, or give it more `timeout_seconds`"
_SHORTER = {
    True: f"a pattern that repeats what repeats, such as (a+)+, takes for ever: write a simpler one, or {_FEWER}",
    False: _FEWER,
}


def read(told: Told) -> Told:
    """Lines of a text as they stand in it; of a long one as many as are shown, with where to go on."""
    path = _place(told["path"], must_be="file")
    lines = _lines(path.read_bytes(), told["path"])
    first = told["from_line"]
    last = len(lines) if told["lines"] is None else min(len(lines), first - 1 + told["lines"])
    wanted = lines[first - 1 : last]
    text = Room().text("".join(wanted), most=SHOWN_TEXT)
    shown, size = 0, 0
    while shown < len(wanted) and size + len(wanted[shown]) <= len(text):
        size += len(wanted[shown])
        shown += 1
    # Of a line that is longer than what is shown the beginning stands there; of any other all or nothing.
    text = text[:size] if shown or not wanted else text
    end = first - 1 + max(shown, min(1, len(wanted)))
    about = {"path": told["path"], "from_line": first, "to_line": end, "lines": len(lines)}
    return {**about, "truncated": shown < len(wanted), "text": text}


def write(told: Told) -> Told:
    """The whole file, with the folders above it."""
    path = _place(told["path"])
    if path.resolve() == _RESULT:
        raise ActionFailed("name_taken", f"{told['path']!r} leads to where the tool writes its result; choose another")
    if path.is_dir():
        raise ActionFailed("is_folder", f"{told['path']!r} is a folder")
    created = not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(told["text"].encode())
    return {"path": told["path"], "size": path.stat().st_size, "created": created}


def list_(told: Told) -> Told:
    """Files and folders below a folder, by name."""
    named = ((path, _name(path)) for path in _walk(_place(told["path"], must_be="folder")))
    found = (_entry(path, name) for path, name in named if fits(told["glob"], name))
    entries, cut = Room().first(found, most=SHOWN_ENTRIES)
    return {"path": told["path"], "entries": entries, "truncated": cut}


def search(told: Told) -> Told:
    """Lines that have a text in them, or match a regular expression."""
    skipped: list[str] = []
    try:
        with deadline(ends_at(_MARGIN_SECONDS)):
            matches, cut = Room().first(_matches(told, _pattern(told), skipped), most=SHOWN_MATCHES)
    except Late:
        raise ActionFailed("timed_out", f"the search was not over in time; {_SHORTER[told['regex']]}") from None
    return {"matches": matches, "truncated": cut, "skipped": len(skipped)}


def _matches(told: Told, pattern: re.Pattern[str], skipped: list[str]) -> Iterator[Told]:
    for path in _walk(_place(told["path"])):
        name = _name(path)
        if path.is_symlink() or not path.is_file() or not fits(told["glob"], name):
            continue
        if path.stat().st_size > LARGEST_SEARCHED or b"\0" in (content := path.read_bytes()):
            skipped.append(name)
            continue
        for number, line in enumerate(content.decode("utf-8", "replace").split("\n"), 1):
            if pattern.search(line := line.removesuffix("\r")):
                yield {"path": name, "line": number, "text": line[:SHOWN_LINE]}


def patch(told: Told) -> Told:
    """Applies a unified diff as a whole or not at all."""
    at = _place(told["path"], must_be="folder")
    text = told["patch"] if told["patch"].endswith("\n") else told["patch"] + "\n"
    paths = _patched(at, text, "--numstat")
    if any((at / path).resolve() == _RESULT for path in paths):
        raise ActionFailed("name_taken", "nothing was changed: the tool writes its result to out/result.json itself")
    _patched(at, text, "--apply")
    changed, cut = Room().first(paths, most=SHOWN_ENTRIES)
    return {"path": told["path"], "changed": changed, "truncated": cut}


def _patched(at: pathlib.Path, text: str, what: str) -> list[str]:
    """The paths that git tells of the patch: it looks (`--numstat`), or applies it."""
    command = ("/usr/bin/git", "apply", "--recount", "--whitespace=nowarn", what, "-z", "-")
    done = subprocess.run(command, cwd=at, env=_OUTSIDE, input=text.encode(), capture_output=True, check=False)
    if done.returncode:
        words = done.stderr.decode("utf-8", "replace").strip()
        raise ActionFailed("patch_refused", f"nothing was changed: {words[-1500:] or 'it is no unified diff'}")
    fields = [field.split("\t") for field in done.stdout.decode("utf-8", "replace").split("\0")]
    return [path for *counts, path in fields if counts]


_OUTSIDE = {
    "PATH": "/usr/bin:/bin",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    # A patch is applied to files, whether or not they lie in a repository, whose settings are not read.
    "GIT_DIR": "/nonexistent",
}

ACTIONS: dict[str, Callable[[Told], Told]] = {
    "read": read, "write": write, "list": list_, "search": search, "patch": patch,
}  # fmt: skip


def _place(told: str, *, must_be: str = "") -> pathlib.Path:
    """A path below `/work`, also where links lead."""
    path = place(told)
    if must_be and not path.exists():
        raise ActionFailed("not_found", f"there is no {told!r}; list shows what there is")
    if must_be == "file" and not path.is_file():
        raise ActionFailed("is_folder", f"{told!r} is no file; list shows what is in a folder")
    if must_be == "folder" and not path.is_dir():
        raise ActionFailed("no_folder", f"{told!r} is no folder")
    return path


def _lines(content: bytes, name: str) -> list[str]:
    """Each with its end as it is: they end where git ends them, with U+000A.

    Raises `ActionFailed` for what is no text.
    """
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise ActionFailed("no_text", f"{name!r} is no text in UTF-8; read it with a program")
    *whole, rest = text.split("\n")
    return [*(line + "\n" for line in whole), *([rest] if rest else [])]


def _walk(top: pathlib.Path) -> Iterator[pathlib.Path]:
    """Everything below, by name; a repository's own files are not told of."""
    if not top.is_dir():
        yield top
        return
    for folder, folders, files in os.walk(top):
        folders[:] = sorted(name for name in folders if name != ".git")
        for name in sorted((*folders, *files)):
            path = pathlib.Path(folder, name)
            if _name(path) not in OWN:
                yield path


def _name(path: pathlib.Path) -> str:
    return os.fsencode(path.relative_to(WORK)).decode("utf-8", "replace")


def _entry(path: pathlib.Path, name: str) -> Told:
    if path.is_symlink():
        return {"path": name, "type": "link", "target": os.fsencode(path.readlink()).decode("utf-8", "replace")}
    if path.is_dir():
        return {"path": name, "type": "folder"}
    return {"path": name, "type": "file", "size": path.stat().st_size}


def _pattern(told: Told) -> re.Pattern[str]:
    flags = re.IGNORECASE if told["ignore_case"] else re.NOFLAG
    try:
        return re.compile(told["pattern"] if told["regex"] else re.escape(told["pattern"]), flags)
    except re.error as error:
        raise ActionFailed("bad_pattern", f"the pattern is no regular expression: {error}") from error


def _done() -> Told:
    told = json.loads((WORK / "in" / "files.json").read_bytes())
    return ACTIONS[told["action"]](told)


def main() -> int:
    return ends(_done)


if __name__ == "__main__":
    sys.exit(main())
