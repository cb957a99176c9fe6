"""A repository as an action finds it: its settings and its index made anew, and nothing in it that git would obey.

A repository is hostile: whoever wrote its `.git` may have named programs there that git would run, or changes that it
would not see. So before every action its settings are written from the few that are data, its index from the last
commit, as far as that is what its id says, and what git would read besides is taken away.
"""

import os
import pathlib
import re
import urllib.parse
from dataclasses import dataclass

from tool_runtime.sandbox.inside.workspace import fault_of_link
from tool_runtime.tools.programs.endings import ActionFailed
from tool_runtime.tools.programs.git.commands import raw, run
from tool_runtime.tools.programs.git.kept import check_repository, keep_alone
from tool_runtime.tools.programs.git.proven import Proven
from tool_runtime.tools.programs.places import WORK

ORIGIN = "origin"
_ORIGINS_ADDRESS = f"remote.{ORIGIN}.url"
_URL = re.compile(r"https?://[!-~]+")
_BRANCH_OF = re.compile(r"branch\.(.+)\.(remote|merge)")
_FORMATS = frozenset({"sha1", "sha256"})
_LINK_MODE = b"120000 "
_HEAD_FIELDS = 3
_ANY = (0, 1, 128)
_MOST_SETTINGS = 1024 * 1024
"""Bytes of a `.git/config` that is read."""
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Repository:
    """Where it lies, and what of it is proven to be what its ids say."""

    folder: pathlib.Path
    proven: Proven


def opened(folder: pathlib.Path) -> Repository:
    """The repository in a folder, with settings and index written anew and its links complete.

    The last commit is proven. Raises `ActionFailed` where there is no repository, or one that lies.
    """
    own = check_repository(folder)
    settings = _settings_of(own)
    keep_alone(own)
    _write_settings(settings, own)
    proven = Proven(folder)
    _write_index(own, proven)
    with proven.alone():
        _lay_links(folder)
    return Repository(folder, proven)


def origin_of(folder: pathlib.Path) -> str:
    """The one address of its origin. Raises `ActionFailed` where that is none that this platform sends anything to."""
    found = run("config", "--null", "--get-all", _ORIGINS_ADDRESS, at=folder, allowed=(0, 1)).split("\0")[:-1]
    if len(found) != 1:
        raise ActionFailed("bad_origin", f"the repository's settings name {len(found)} http(s) addresses of its origin")
    try:
        place = urllib.parse.urlsplit(found[0]).netloc
    except ValueError:
        raise ActionFailed("bad_origin", "the address of the repository's origin is none") from None
    if "@" in place:
        raise ActionFailed(
            "bad_origin", "the address of the repository's origin holds a user or a password; credentials never do"
        )
    return found[0]


def _write_settings(settings: list[tuple[str, str]], own: pathlib.Path) -> None:
    """Beside those that are there, which stay until all of them are written."""
    new = own / "config.new"
    new.write_text("".join(_line(name, value) for name, value in settings), "utf-8", "surrogateescape")
    new.replace(own / "config")


def _line(name: str, value: str) -> str:
    """A setting as git reads it; one process of git for each would take as long as somebody wants."""
    section, _, rest = name.partition(".")
    within, _, key = rest.rpartition(".")
    quoted = f" {_quoted(within)}" if within else ""
    return f"[{section}{quoted}]\n\t{key} = {_quoted(value)}\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _settings_of(own: pathlib.Path) -> list[tuple[str, str]]:
    """The few settings that are data: how objects are named, where the origin is, and which branch follows which."""
    kept = [("core.bare", "false")]
    version = "0"
    file = own / "config"
    told = ""
    if file.is_file() and not file.is_symlink():
        if file.stat().st_size > _MOST_SETTINGS:
            raise ActionFailed(
                "bad_repository", "its `.git/config` has more than 1 MiB; take out of it what nobody needs"
            )
        listed = raw("config", "--file", str(file), "--no-includes", "--null", "--list", at=None)
        told = listed.decode("utf-8", "surrogateescape")
    for entry in told.split("\0"):
        name, _, value = entry.partition("\n")
        if name == "extensions.objectformat" and value in _FORMATS:
            kept.append((name, value))
            version = "1"
        elif _is_data(name, value):
            kept.append((name, value))
    followed = (f"remote.{ORIGIN}.fetch", f"+refs/heads/*:refs/remotes/{ORIGIN}/*")
    return [("core.repositoryformatversion", version), followed, *kept]


def _is_data(name: str, value: str) -> bool:
    if _INVISIBLE.search(name + value):
        return False
    if name == _ORIGINS_ADDRESS:
        return bool(_URL.fullmatch(value))
    found = _BRANCH_OF.fullmatch(name)
    if found is None:
        return False
    return value == ORIGIN if found[2] == "remote" else value.startswith("refs/heads/")


def _write_index(own: pathlib.Path, proven: Proven) -> None:
    """That of the last commit; the one before, which may say of any file that it has not changed, has not stayed."""
    if head := run("rev-parse", "--verify", "--quiet", "HEAD", at=own.parent, allowed=(0, 1)).strip():
        proven.commit(head)
        with proven.alone():
            run("read-tree", head, at=own.parent)
            # By the files; a comparison would read the object of each that it has not looked at yet.
            run("update-index", "-q", "--refresh", at=own.parent, allowed=(0, 1))


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
    names = {path: b"%b/%b" % (above, path) if above != b"." else path for path in missing}
    said = dict(zip(names.values(), _blobs(list(missing.values()), folder), strict=True))
    out = [path for path, name in names.items() if fault_of_link(name, lambda at: said.get(at) or _link_at(at))]
    # One whose folder is a file now cannot be laid out, and is gone indeed.
    raw("checkout-index", "--quiet", "-z", "--stdin", at=folder, given=b"\0".join((*out, b"")), allowed=_ANY)


def _link_at(path: bytes) -> bytes | None:
    """What the link says that lies there below `/work`."""
    try:
        return os.fsencode((WORK / os.fsdecode(path)).readlink())
    except OSError:
        return None


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
