"""Small files of a /proc, read relative to a descriptor that was opened before the job began.

A process that is ending, or made itself unreadable before a runner without privileges, shows less than others.
"""

# Everything is relative to descriptors.
# ruff: noqa: PTH208

import os
from contextlib import suppress
from dataclasses import dataclass

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Procfs:
    """One mounted /proc. What has ended meanwhile, or may not be seen, reads as nothing."""

    fd: int

    def pids(self) -> list[str]:
        return [name for name in os.listdir(self.fd) if name.isdigit()]

    def read(self, path: str, *, cap: int | None = None) -> bytes:
        """The file's bytes, all of them or at least `cap` where there are more."""
        try:
            file = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=self.fd)
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            return b""
        found = bytearray()
        try:
            while (cap is None or len(found) < cap) and (piece := os.read(file, _PIECE)):
                found += piece
        except (ProcessLookupError, PermissionError):
            pass
        finally:
            os.close(file)
        return bytes(found)

    def names(self, path: str) -> list[str]:
        """The entries of a folder; raises `PermissionError` where they may not be seen."""
        try:
            folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=self.fd)
        except (FileNotFoundError, ProcessLookupError):
            return []
        try:
            return os.listdir(folder)
        except ProcessLookupError:
            return []
        finally:
            os.close(folder)

    def link(self, path: str) -> str:
        with suppress(FileNotFoundError, ProcessLookupError):
            return os.readlink(path, dir_fd=self.fd)
        return ""

    def stat(self, path: str) -> os.stat_result | None:
        with suppress(FileNotFoundError, ProcessLookupError):
            return os.stat(path, dir_fd=self.fd)
        return None
