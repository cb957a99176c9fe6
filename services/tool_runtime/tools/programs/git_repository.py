"""Git as it is run for jobs: no hooks, no helpers, no filters, and no setting of the repository's own.

A repository is hostile: whoever wrote its `.git` may have named programs there that git would run. So its settings are
written anew before every command from the few that are data, and what git would read besides is put out of its reach.
"""

import os
import pathlib
import re
import shutil
import subprocess

from tool_runtime.sandbox.inside.workspace import stays_inside
from tool_runtime.tools.programs.endings import ActionFailed
from tool_runtime.tools.programs.git_refusals import TRACING, forget_heads, refused
from tool_runtime.tools.programs.places import WORK

GIT = "/usr/bin/git"
NO_FILE = "/dev/null"
ORIGIN = "origin"

ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": NO_FILE,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "/bin/false",
    "SSH_ASKPASS": "/bin/false",
    "GIT_SSH_COMMAND": "/bin/false",
    "GIT_EDITOR": "/bin/false",
    "GIT_PAGER": "cat",
    "GIT_ALLOW_PROTOCOL": "http:https",
    "GIT_OPTIONAL_LOCKS": "0",
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
    "credential.helper": "",
    "protocol.allow": "never",
    "protocol.http.allow": "always",
    "protocol.https.allow": "always",
    "submodule.recurse": "false",
    "fetch.recurseSubmodules": "false",
    "diff.ignoreSubmodules": "all",
    "diff.external": "",
    "commit.gpgSign": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "advice.detachedHead": "false",
    "safe.directory": "*",
    "pack.threads": "1",
    "http.postBuffer": "67108864",
    "http.userAgent": "git/Lockstep",
}
"""What holds over anything that a repository says."""

_KEPT_BOOLEANS = ("core.filemode", "core.bare", "core.symlinks", "core.ignorecase")
_URL = re.compile(r"https?://[!-~]+")
_BRANCH_OF = re.compile(r"branch\.(.+)\.(remote|merge)")
_LINK_MODE = b"120000 "
_HEAD_FIELDS = 3
_ANY = (0, 1, 128)
_NO_CREDENTIALS = (
    "the server wants credentials, or does not take those that it was sent; name a secret of its host in the task's"
    " `secrets`, which the proxy adds to requests"
)
_PUT_AWAY = ("hooks", "config.worktree", "commondir", "worktrees", "modules", "info/attributes", "info/grafts")


def run(*arguments: str, at: pathlib.Path, allowed: tuple[int, ...] = (0,)) -> str:
    """What git prints. Raises `ActionFailed` with git's own words."""
    return raw(*arguments, at=at, allowed=allowed).decode("utf-8", "replace")


def raw(*arguments: str, at: pathlib.Path, allowed: tuple[int, ...] = (0,), given: bytes = b"") -> bytes:
    """The same in bytes, as paths are; `given` is what git reads."""
    settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    forget_heads()
    done = subprocess.run(
        [GIT, *settings, *arguments],
        cwd=at,
        input=given,
        capture_output=True,
        check=False,
    )
    if done.returncode not in allowed:
        if refusal := refused():
            raise refusal
        raise _failure(done.stderr.decode("utf-8", "replace"), done.returncode)
    return done.stdout


def _failure(said: str, status: int) -> ActionFailed:
    lines = [line for line in said.splitlines() if line.strip()]
    words = " ".join(lines)[-1500:] or f"git ended with {status}"
    for pattern, code in _CODES:
        if pattern.search(words):
            if code == "not_authorized":
                words = f"{_NO_CREDENTIALS}. Git says: {words}"
            return ActionFailed(code, words)
    return ActionFailed("git_failed", words)


_CODES = tuple(
    (re.compile(pattern, re.IGNORECASE), code)
    for pattern, code in (
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


def opened(folder: pathlib.Path) -> pathlib.Path:
    """The repository in a folder, with settings written anew and its links complete.

    Raises `ActionFailed` where there is none.
    """
    own = folder / ".git"
    if not own.is_dir() or own.is_symlink():
        raise ActionFailed("no_repository", f"there is no repository in {folder.name!r}; clone one into it first")
    _put_away(own)
    settings = _settings_of(own)
    (own / "config").unlink(missing_ok=True)
    for name, value in settings:
        run("config", "--file", str(own / "config"), "--add", name, value, at=folder)
    _lay_links(folder)
    return folder


def _lay_links(folder: pathlib.Path) -> None:
    """Lays out again the links of the repository that lead out of the workspace.

    No workspace carries such links from one call to the next, so that they are missing although nobody has deleted
    them; without them the next commit would record that they are gone. Git lays them out as it lays out all files:
    never through another link, and never over what lies there.
    """
    missing: dict[bytes, bytes] = {}
    for entry in raw("ls-files", "--stage", "-z", at=folder).split(b"\0"):
        head, _, path = entry.partition(b"\t")
        lies = folder / os.fsdecode(path)
        if head.startswith(_LINK_MODE) and not (lies.exists() or lies.is_symlink()):
            missing[path] = head.split(b" ")[1]
    if not missing:
        return
    above = os.fsencode(folder.relative_to(WORK))
    targets = zip(missing, _blobs(list(missing.values()), folder), strict=True)
    out = [path for path, target in targets if not stays_inside(b"%b/%b" % (above, path), target)]
    # One whose folder is a file now cannot be laid out, and is gone indeed.
    raw("checkout-index", "--quiet", "-z", "--stdin", at=folder, given=b"\0".join((*out, b"")), allowed=_ANY)


def _blobs(names: list[bytes], folder: pathlib.Path) -> list[bytes]:
    """The contents of objects that lie in the repository; of one that does not, nothing."""
    rest = raw("cat-file", "--batch", at=folder, given=b"".join(name + b"\n" for name in names))
    found = []
    for _ in names:
        head, _, rest = rest.partition(b"\n")
        fields = head.split(b" ")
        size = int(fields[2]) if len(fields) == _HEAD_FIELDS and fields[2].isdigit() else None
        found.append(b"" if size is None else rest[:size])
        rest = rest if size is None else rest[size + 1 :]
    return found


def _put_away(own: pathlib.Path) -> None:
    """Takes away what git would run or follow: hooks, other settings, attributes, other places of objects."""
    for name in _PUT_AWAY:
        place = own / name
        if place.is_symlink() or place.is_file():
            place.unlink()
        elif place.is_dir():
            shutil.rmtree(place)
    for place in (own / "objects" / "info" / "alternates", own / "objects" / "info" / "http-alternates"):
        place.unlink(missing_ok=True)


def _settings_of(own: pathlib.Path) -> list[tuple[str, str]]:
    """The few settings that are data: how files are stored, where the origin is, and which branch follows which."""
    kept = [("core.repositoryformatversion", "0")]
    file = own / "config"
    if not file.is_file() or file.is_symlink():
        return kept
    told = run("config", "--file", str(file), "--no-includes", "--null", "--list", at=own.parent, allowed=(0, 1, 128))
    for entry in told.split("\0"):
        name, _, value = entry.partition("\n")
        if name in _KEPT_BOOLEANS and value in {"true", "false"}:
            kept.append((name, value))
        elif name == f"remote.{ORIGIN}.url" and _URL.fullmatch(value):
            kept += [(name, value), (f"remote.{ORIGIN}.fetch", f"+refs/heads/*:refs/remotes/{ORIGIN}/*")]
        elif (found := _BRANCH_OF.fullmatch(name)) and _follows(found[2], value):
            kept.append((name, value))
    return kept


def _follows(member: str, value: str) -> bool:
    return value == ORIGIN if member == "remote" else value.startswith("refs/heads/")
