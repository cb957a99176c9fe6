"""Git as it is run for jobs: no hooks, no helpers, no filters, and no object that stands in for another."""

import contextlib
import os
import pathlib
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from typing import IO

from tool_runtime.tools.programs.endings import ActionFailed
from tool_runtime.tools.programs.git.refusals import TRACING, forget_heads, refused
from tool_runtime.tools.programs.places import WORK

GIT = "/usr/bin/git"
NO_FILE = "/dev/null"
NOWHERE = pathlib.Path("/")
"""Where there is no repository, and no job can make one."""

ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": NO_FILE,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "/bin/false",
    "SSH_ASKPASS": "/bin/false",
    "GIT_SSH_COMMAND": "/bin/false",
    "GIT_EDITOR": "/bin/false",
    "GIT_PAGER": "cat",
    "GIT_ALLOW_PROTOCOL": "http:https",
    "GIT_OPTIONAL_LOCKS": "0",
    # Beside each command being told its repository: none is looked for above a folder.
    "GIT_CEILING_DIRECTORIES": str(WORK),
    "GIT_ADVICE": "0",
    **TRACING,
}
"""What the program of the tool begins with, and git after it."""

SETTINGS = {
    "core.hooksPath": NO_FILE,
    "core.fsmonitor": "false",
    "core.attributesFile": NO_FILE,
    "core.excludesFile": NO_FILE,
    "core.protectNTFS": "true",
    # How files lie in a sandbox; told otherwise, git would take some changes for none.
    "core.fileMode": "true",
    "core.symlinks": "true",
    "core.ignoreCase": "false",
    # What only repeats what objects say may say something else than they do.
    "core.commitGraph": "false",
    "core.multiPackIndex": "false",
    "core.sparseCheckout": "false",
    "core.splitIndex": "false",
    "core.untrackedCache": "false",
    "pack.useBitmaps": "false",
    "rerere.enabled": "false",
    "credential.helper": "",
    "protocol.allow": "never",
    "protocol.http.allow": "always",
    "protocol.https.allow": "always",
    "submodule.recurse": "false",
    "fetch.recurseSubmodules": "false",
    "diff.ignoreSubmodules": "dirty",
    "diff.external": "",
    "commit.gpgSign": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "advice.detachedHead": "false",
    "safe.directory": "*",
    "safe.bareRepository": "explicit",
    "pack.threads": "1",
    "http.postBuffer": "67108864",
    "http.userAgent": "git/Lockstep",
}
"""What holds over anything that a repository says."""

_NO_CREDENTIALS = (
    "the server wants credentials, or does not take those that it was sent; name a secret of its host in the task's"
    " `secrets`, which the proxy adds to requests"
)
_UNTRUE = (
    "`.git/objects` has not what the ids of objects say: some are missing, or stand there with another content, which a"
    " job has written; clone it anew, and apply there what you trust"
)
_ends_at: list[float] = []
_objects: list[pathlib.Path] = []


@contextlib.contextmanager
def ended_at(moment: float) -> Iterator[None]:
    """Within it no command runs beyond the moment, by `time.monotonic()`: it is `timed_out` then."""
    _ends_at.append(moment)
    try:
        yield
    finally:
        _ends_at.pop()


@contextlib.contextmanager
def objects_in(folder: pathlib.Path) -> Iterator[None]:
    """Within it git reads and writes objects in this folder, and not in that of the repository."""
    _objects.append(folder)
    try:
        yield
    finally:
        _objects.pop()


def run(*arguments: str, at: pathlib.Path | None, allowed: tuple[int, ...] = (0,), given: bytes = b"") -> str:
    """What git prints. Raises `ActionFailed` with git's own words.

    The repository is that of the folder `at`, its own `.git` and no other one that git would find; None is nowhere.
    """
    return raw(*arguments, at=at, allowed=allowed, given=given).decode("utf-8", "replace")


def raw(
    *arguments: str,
    at: pathlib.Path | None,
    own: pathlib.Path | None = None,
    allowed: tuple[int, ...] = (0,),
    given: bytes | IO[bytes] = b"",
    into: pathlib.Path | IO[bytes] | None = None,
) -> bytes:
    """The same in bytes, as paths are; `given` is what git reads. What it prints may go to a file instead.

    `own` is the repository's place where that is not the folder's `.git`.
    """
    with contextlib.ExitStack() as closed:
        opened = closed.enter_context(into.open("wb")) if isinstance(into, pathlib.Path) else into
        printed_to = opened or subprocess.PIPE
        printed, said, status = _ended((*_places(at, own), *arguments), at or NOWHERE, given, printed_to)
    if status not in allowed:
        if refusal := refused():
            raise refusal
        raise _failure(said.decode("utf-8", "replace"), status)
    return printed or b""


def _places(at: pathlib.Path | None, own: pathlib.Path | None) -> tuple[str, ...]:
    """Without them git looks for a repository by itself: where `.git` is none, in the folder and in those above."""
    return () if at is None else (f"--git-dir={own or at / '.git'}", f"--work-tree={at}")


def _ended(
    arguments: tuple[str, ...], at: pathlib.Path, given: bytes | IO[bytes], printed_to: IO[bytes] | int
) -> tuple[bytes | None, bytes, int]:
    settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    store = ("/usr/bin/env", f"GIT_OBJECT_DIRECTORY={_objects[-1]}") if _objects else ()
    forget_heads()
    process = subprocess.Popen(
        [*store, GIT, *settings, *arguments],
        cwd=at,
        stdin=subprocess.PIPE if isinstance(given, bytes) else given,
        stdout=printed_to,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        read = given if isinstance(given, bytes) else None
        printed, said = process.communicate(read, timeout=_seconds_left())
    except subprocess.TimeoutExpired:
        # With those that it has started, which hold its output open.
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise ActionFailed("timed_out", "git had not finished when the time of the call was over") from None
    return printed, said, process.returncode


def _seconds_left() -> float | None:
    return max(0.0, _ends_at[-1] - time.monotonic()) if _ends_at else None


def untrue(words: str) -> ActionFailed:
    """Objects of a repository are not what their ids say, or are missing."""
    return ActionFailed("bad_objects", f"{_UNTRUE} ({words})")


def _failure(said: str, status: int) -> ActionFailed:
    lines = [line for line in said.splitlines() if line.strip()]
    words = " ".join(lines)[-1500:] or f"git ended with {status}"
    for pattern, remedy in _ILL:
        if pattern.search(words):
            return ActionFailed("bad_repository", f"{remedy} ({words})")
    for pattern, code in _CODES:
        if pattern.search(words):
            if code == "bad_objects":
                return untrue(words)
            if code == "not_authorized":
                words = f"{_NO_CREDENTIALS}. Git says: {words}"
            return ActionFailed(code, words)
    return ActionFailed("git_failed", words)


_ILL = (
    (
        re.compile(r"invalid value for '?submodule\.|bad config .*\.gitmodules"),
        "git does not read `.gitmodules`: take out of it what is told here, such as an `update` that names a command",
    ),
    (
        re.compile(r"invalid path '"),
        "a path in it could be taken for `.git` or leads out of the repository, and git refuses such; rename it",
    ),
    (
        re.compile(r"does not have a commit checked out"),
        "a folder in it is a repository of its own without a commit; take its `.git` out, or commit there first",
    ),
    (
        re.compile(r"bad config|bad numeric config|invalid key"),
        "its `.git/config` cannot be read; mend what is told here, or clone it anew",
    ),
)
"""What is wrong with a repository where it is that, and what to do."""

_CODES = tuple(
    (re.compile(pattern, re.IGNORECASE), code)
    for pattern, code in (
        (r"missing necessary objects|did not receive expected object", "bad_objects"),
        (r"CONNECT tunnel failed|Proxy CONNECT aborted", "egress_denied"),
        (r"returned error: 40[13]|could not read Username|Authentication failed", "not_authorized"),
        (r"returned error: 404|repository .* not found", "not_found"),
        (r"no space left on device", "too_large"),
        (r"\[rejected\]|non-fast-forward|fetch first", "rejected"),
        (
            r"remote branch .* not found|couldn't find remote ref|pathspec|unknown revision|not a valid",
            "no_such_revision",
        ),
        (r"could not resolve|unable to access|connection|early EOF|unexpected disconnect", "connection_failed"),
    )
)
