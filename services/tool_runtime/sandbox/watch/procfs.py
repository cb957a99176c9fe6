"""Small files of a /proc, read relative to a descriptor that was opened before the job began.

A process that is ending, or made itself unreadable before a runner without privileges, shows less than others.
"""

# Everything is relative to descriptors.
# ruff: noqa: PTH208

import os
from contextlib import suppress
from dataclasses import dataclass

_PIECE = 1 << 20
_ENDED = (FileNotFoundError, ProcessLookupError)
"""What each call may meet at any moment: the process, or one of its threads, is gone."""


def entries(folder: int) -> list[str]:
    """What an open folder of a process lists; nothing once the process is gone."""
    try:
        return os.listdir(folder)
    except _ENDED:
        return []


@dataclass(frozen=True, slots=True)
class Procfs:
    """One mounted /proc. What has ended meanwhile, or may not be seen, reads as nothing."""

    fd: int
    only_uid: int | None = None

    def pids(self) -> list[str]:
        """All processes, or those of one user."""
        found = [name for name in os.listdir(self.fd) if name.isdigit()]
        return found if self.only_uid is None else [name for name in found if self._owner(name) == self.only_uid]

    def _owner(self, pid: str) -> int | None:
        """Its real uid. Whom its folder belongs to says less: a process that made itself unreadable is root's."""
        words = self.read(f"{pid}/status").partition(b"\nUid:\t")[2].split(maxsplit=1)
        return int(words[0]) if words else None

    def read(self, path: str, *, cap: int | None = None) -> bytes:
        """The file's bytes, all of them or at least `cap` where there are more."""
        try:
            file = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=self.fd)
        except (*_ENDED, PermissionError):
            return b""
        found = bytearray()
        try:
            while (cap is None or len(found) < cap) and (piece := os.read(file, _PIECE)):
                found += piece
        except (*_ENDED, PermissionError):
            pass
        finally:
            os.close(file)
        return bytes(found)

    def names(self, path: str) -> list[str]:
        """The entries of a folder; raises `PermissionError` where they may not be seen."""
        try:
            folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=self.fd)
        except _ENDED:
            return []
        try:
            return entries(folder)
        finally:
            os.close(folder)

    def link(self, path: str) -> str:
        with suppress(*_ENDED):
            return os.readlink(path, dir_fd=self.fd)
        return ""

    def stat(self, path: str) -> os.stat_result | None:
        with suppress(*_ENDED):
            return os.stat(path, dir_fd=self.fd)
        return None
