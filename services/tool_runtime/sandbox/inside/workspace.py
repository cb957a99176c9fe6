"""The files below `/work` that go from one job to the next: packed into one archive in here, and unpacked in here.

Nobody outside the sandbox opens the archive. It is unpacked by the process that becomes the job, under the job's own
limits, so that one that explodes fills nothing but its own memory. Files, folders and links that stay inside are all
that it may hold; an archive that holds anything else is refused whole.
"""

# Importing pathlib would take a third of this process's start-up time.
# ruff: noqa: PTH103, PTH118, PTH120, PTH123, PTH115, PTH208, PTH211

import gzip
import io
import os
import stat
import tarfile
from collections.abc import Callable, Iterator
from typing import Any

from tool_runtime.sandbox import frames
from tool_runtime.sandbox.inside.leavings import opened_file, opened_folder

NAME = b"workspace.tar.gz"
OF_THE_JOB = frozenset({b"in", b"out", b"main.py", b"main.js"})
"""The names directly below `/work` that belong to each job and are not carried."""
_FAST = 1
_MODES = 0o755
_WORK = b"/work"
_MOST_FOLLOWED, _LONGEST_WAY = 40, 4096
"""As the kernel has it for one path: links that it follows, and bytes, here of the texts of all of these links."""
_OUT = "a link that leads out of the workspace"


class WorkspaceError(Exception):
    """The archive cannot be unpacked, or what is there cannot be packed; its text is for people."""


def unpack(root: bytes, archive: bytes, limits: dict[str, int]) -> None:
    """Lays out the archive's files below the root. `limits`: `entries` and `bytes` of all files.

    Raises `WorkspaceError` on what may not be in there.
    """
    links: dict[bytes, bytes] = {}
    count, size = 0, 0
    try:
        with tarfile.open(archive, "r:gz", errorlevel=2, errors="surrogateescape") as tar:
            for member in tar:
                name = os.fsencode(member.name)
                count, size = count + 1, size + member.size
                if count > limits["entries"] or size > limits["bytes"]:
                    raise WorkspaceError(f"it has more than {limits['entries']} files or {limits['bytes']} bytes")
                _refuse(name, member, links)
                _lay(os.path.join(root, name), member, tar)
                if member.issym():
                    links[name] = os.fsencode(member.linkname)
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise WorkspaceError(f"it is no archive of a workspace: {error}") from error
    # Where a link leads depends on links that come behind it, and nothing was laid out through one.
    for name in links:
        if (fault := fault_of_link(name, links.get)) is not None:
            raise WorkspaceError(f"{_readable(name)} is {fault}")


def _refuse(name: bytes, member: tarfile.TarInfo, links: dict[bytes, bytes]) -> None:
    parts = name.split(b"/")
    above = [b"/".join(parts[:depth]) for depth in range(1, len(parts))]
    if name.startswith(b"/") or any(part in {b"", b".", b".."} for part in parts):
        raise WorkspaceError(f"{_readable(name)} is no path within it")
    if parts[0] in OF_THE_JOB:
        raise WorkspaceError(f"{_readable(name)} belongs to the job")
    if any(path in links for path in (*above, name)):
        raise WorkspaceError(f"{_readable(name)} lies behind a link")
    if not (member.isreg() or member.isdir() or member.issym()) or member.issparse():
        raise WorkspaceError(f"{_readable(name)} is neither a file, a folder nor a link")


def _lay(path: bytes, member: tarfile.TarInfo, tar: tarfile.TarFile) -> None:
    if member.isdir():
        os.makedirs(path, exist_ok=True)
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if member.issym():
        os.symlink(os.fsencode(member.linkname), path)
        return
    content = tar.extractfile(member)
    mode = 0o755 if member.mode & stat.S_IXUSR else 0o644
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode), "wb") as file:
        while content is not None and (data := content.read(frames.CHUNK)):
            file.write(data)


def fault_of_link(name: bytes, link_at: Callable[[bytes], bytes | None]) -> str | None:
    """What is wrong with the link of that name, walked as the kernel walks it; None where it stays in the workspace.

    `link_at` tells what a link says, by its path below `/work`, and None of what is no link. What is not there counts
    as a folder, since it may be one by the time that somebody walks there. One that leads back to itself leads nowhere,
    and is carried with all that it leads through.
    """
    parents, _, own = name.rpartition(b"/")
    place = [part for part in parents.split(b"/") if part not in {b"", b"."}]
    ahead, followed, length = [own], 0, 0
    within: list[tuple[bytes, int]] = []  # links that are not walked to their ends, and how much is ahead behind each
    while ahead:
        while within and len(ahead) <= within[-1][1]:
            within.pop()
        part = ahead.pop()
        if part in {b"", b"."}:
            continue
        if part == b"..":
            if not place:
                return _OUT
            place.pop()
            continue
        path = b"/".join((*place, part))
        said = link_at(path)
        if said is None:
            place.append(part)
            continue
        if any(path == other for other, _ in within):
            return None
        followed, length = followed + 1, length + len(said)
        if followed > _MOST_FOLLOWED or length > _LONGEST_WAY:
            return f"a link that leads through more than {_MOST_FOLLOWED} links, or {_LONGEST_WAY} bytes of them"
        if said.startswith(b"/"):
            if said != _WORK and not said.startswith(_WORK + b"/"):
                return _OUT
            place, said = [], said.removeprefix(_WORK)
        within.append((path, len(ahead)))
        ahead += reversed(said.split(b"/"))
    return None


def pack(root: bytes, limits: dict[str, int], send: Callable[[bytes], object]) -> list[dict[str, str]]:
    """Sends the archive of what is below the root, and tells what was left out of it.

    Called when no process of the job is alive. Raises `WorkspaceError`, after some of it may have been sent, where
    there is more than the limits allow: `entries`, `bytes` of all files, `archive` bytes as packed.
    """
    skipped: list[dict[str, str]] = []
    out = _Sender(send, limits["archive"])
    links: dict[bytes, bytes] = {}
    count, size = 0, 0
    packed = gzip.GzipFile(filename="", fileobj=out, mode="wb", compresslevel=_FAST, mtime=0)
    with packed, tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for name, found in _walk(root, skipped):
            count, size = count + 1, size + (found.st_size if stat.S_ISREG(found.st_mode) else 0)
            if count > limits["entries"] or size > limits["bytes"]:
                raise WorkspaceError(f"it has more than {limits['entries']} files or {limits['bytes']} bytes")
            if stat.S_ISLNK(found.st_mode):
                links[name] = os.readlink(os.path.join(root, name))
            elif (reason := _add(tar, root, name, found)) is not None:
                skipped.append({"name": _readable(name), "reason": reason})
        # A link is judged by those that it leads through, which are known by now. Of what is not carried none are.
        for name, said in links.items():
            if (fault := fault_of_link(name, links.get)) is not None:
                skipped.append({"name": _readable(name), "reason": fault})
                continue
            entry = _entry(name, os.lstat(os.path.join(root, name)))
            entry.type, entry.linkname = tarfile.SYMTYPE, os.fsdecode(said)
            tar.addfile(entry)
    out.end()
    return skipped


def _walk(root: bytes, skipped: list[dict[str, str]]) -> Iterator[tuple[bytes, os.stat_result]]:
    """Everything below the root, folders before what is in them, links as links."""
    folders = [b""]
    while folders:
        folder = folders.pop()
        try:
            entries = _names_in(os.path.join(root, folder))
        except OSError as error:
            skipped.append({"name": _readable(folder), "reason": f"cannot be opened: {error.strerror}"})
            continue
        for own in entries:
            name = os.path.join(folder, own)
            if name in OF_THE_JOB:
                continue
            try:
                found = os.lstat(os.path.join(root, name))
            except OSError as error:  # a path can become longer than the kernel takes
                skipped.append({"name": _readable(name), "reason": f"cannot be looked at: {error.strerror}"})
                continue
            if stat.S_ISDIR(found.st_mode):
                folders.append(name)
            yield name, found


def _names_in(folder: bytes) -> list[bytes]:
    fd = opened_folder(folder)
    try:
        return sorted(map(os.fsencode, os.listdir(fd)))
    finally:
        os.close(fd)


def _add(tar: tarfile.TarFile, root: bytes, name: bytes, found: os.stat_result) -> str | None:
    """Puts one entry into the archive; the reason where it is left out."""
    entry = _entry(name, found)
    if stat.S_ISDIR(found.st_mode):
        entry.type = tarfile.DIRTYPE
        tar.addfile(entry)
        return None
    if not stat.S_ISREG(found.st_mode):
        return "neither a file, a folder nor a link"
    try:
        fd = opened_file(os.path.join(root, name))
    except OSError as error:
        return f"cannot be opened: {error.strerror}"
    with open(fd, "rb") as file:
        entry.size = found.st_size
        tar.addfile(entry, file)
    return None


def _entry(name: bytes, found: os.stat_result) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(os.fsdecode(name))
    entry.mtime, entry.mode = int(found.st_mtime), stat.S_IMODE(found.st_mode) & _MODES
    return entry


class _Sender(io.RawIOBase):
    """What is written to it leaves in pieces of the control channel."""

    def __init__(self, send: Callable[[bytes], object], most: int) -> None:
        self._send = send
        self._left = most
        self._held = b""

    def write(self, data: Any) -> int:
        self._held += bytes(data)
        self._left -= len(data)
        if self._left < 0:
            raise WorkspaceError("its archive would be too large")
        while len(self._held) > frames.CHUNK:
            self._piece(self._held[: frames.CHUNK], last=False)
            self._held = self._held[frames.CHUNK :]
        return len(data)

    def end(self) -> None:
        self._piece(self._held, last=True)

    def _piece(self, data: bytes, *, last: bool) -> None:
        self._send(frames.encode_piece(frames.WORKSPACE, frames.Piece(name=NAME, last=last, data=data)))


def _readable(name: bytes) -> str:
    text = name.decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)[:200]
