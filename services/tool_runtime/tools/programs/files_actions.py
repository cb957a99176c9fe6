"""Does what `in/files.json` says to the files below `/work`, and writes what came of it to `out/result.json`.

Ends with 0 where it is done, and with 1 where it is not: then the result is an `error` with a code and a detail.
"""

import fnmatch
import json
import os
import pathlib
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

from tool_runtime.tools.programs.places import WORK, ActionFailed, not_possible, place

OWN = frozenset({"in/files.json"})
"""What is ours below `/work`, and nobody's to see."""
SHOWN_TEXT = 100_000
SHOWN_ENTRIES = 1000
SHOWN_MATCHES = 200
SHOWN_LINE = 400
LARGEST_SEARCHED = 8 * 1024 * 1024

Told = dict[str, Any]


def read(told: Told) -> Told:
    """Lines of a text; of a long one as many as are shown, with where to go on."""
    path = _place(told["path"], must_be="file")
    try:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    except UnicodeDecodeError:
        raise ActionFailed("no_text", f"{told['path']!r} is no text; read it with a program") from None
    first = told["from_line"]
    shown = list[str]()
    size, last = 0, len(lines) if told["lines"] is None else min(len(lines), first - 1 + told["lines"])
    for line in lines[first - 1 : last]:
        if size + len(line) > SHOWN_TEXT:
            if not shown:
                shown.append(line[:SHOWN_TEXT])
            break
        shown.append(line)
        size += len(line)
    end = first - 1 + len(shown)
    cut = end < last or (bool(shown) and shown[-1] != lines[end - 1])
    told_of = {"path": told["path"], "from_line": first, "to_line": end, "lines": len(lines), "truncated": cut}
    return {**told_of, "text": "".join(shown)}


def write(told: Told) -> Told:
    """The whole file, with the folders above it."""
    path = _place(told["path"])
    if path.is_dir():
        raise ActionFailed("is_folder", f"{told['path']!r} is a folder")
    created = not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(told["text"], encoding="utf-8")
    return {"path": told["path"], "size": path.stat().st_size, "created": created}


def list_(told: Told) -> Told:
    """Files and folders below a folder, by name."""
    found = []
    for path in _walk(_place(told["path"], must_be="folder")):
        name = _name(path)
        if told["glob"] is None or fnmatch.fnmatch(name, told["glob"]):
            found.append(_entry(path, name))
            if len(found) > SHOWN_ENTRIES:
                break
    return {"path": told["path"], "entries": found[:SHOWN_ENTRIES], "truncated": len(found) > SHOWN_ENTRIES}


def search(told: Told) -> Told:
    """Lines that have a text in them, or match a regular expression."""
    pattern = _pattern(told)
    matches, skipped = [], 0
    for path in _walk(_place(told["path"])):
        name = _name(path)
        if path.is_symlink() or not path.is_file() or (told["glob"] and not fnmatch.fnmatch(name, told["glob"])):
            continue
        if path.stat().st_size > LARGEST_SEARCHED or b"\0" in (content := path.read_bytes()):
            skipped += 1
            continue
        for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
            if pattern.search(line):
                matches.append({"path": name, "line": number, "text": line[:SHOWN_LINE]})
        if len(matches) > SHOWN_MATCHES:
            break
    cut = len(matches) > SHOWN_MATCHES
    return {"matches": matches[:SHOWN_MATCHES], "truncated": cut, "skipped": skipped}


def patch(told: Told) -> Told:
    """Applies a unified diff as a whole or not at all."""
    at = _place(told["path"], must_be="folder")
    text = told["patch"] if told["patch"].endswith("\n") else told["patch"] + "\n"
    command = ("/usr/bin/git", "apply", "--recount", "--whitespace=nowarn", "--numstat", "--apply", "-z", "-")
    done = subprocess.run(command, cwd=at, env=_OUTSIDE, input=text.encode(), capture_output=True, check=False)
    if done.returncode:
        words = done.stderr.decode("utf-8", "replace").strip()
        raise ActionFailed("patch_refused", f"nothing was changed: {words[-1500:] or 'it is no unified diff'}")
    fields = [field.split("\t") for field in done.stdout.decode("utf-8", "replace").split("\0")]
    return {"path": told["path"], "changed": [path for *counts, path in fields if counts]}


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


def main() -> int:
    told = json.loads((WORK / "in" / "files.json").read_bytes())
    try:
        result, code = ACTIONS[told["action"]](told), 0
    except ActionFailed as error:
        result, code = {"error": {"code": error.code, "detail": error.detail}}, 1
    except OSError as error:
        failed = not_possible(error)
        result, code = {"error": {"code": failed.code, "detail": failed.detail}}, 1
    if code:
        sys.stderr.write(f"{result['error']['code']}: {result['error']['detail']}\n")
    (WORK / "out" / "result.json").write_text(json.dumps(result), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
