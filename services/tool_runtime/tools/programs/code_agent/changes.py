"""What an agent has changed in a folder, whatever it did with the repository that may be there.

Two snapshots are compared; what its `.gitignore` leaves out is in neither. The agent has this program's uid and could
write to any repository of ours, so that none outlives a snapshot: the first one is kept in a file without a name, which
only this program has open, and is named anew by what it holds in the repository of the second.
"""

import pathlib
import shutil
import tempfile
from typing import IO

from tool_runtime.tools.programs.git.commands import raw, run
from tool_runtime.tools.programs.git.told_diff import told_diff
from tool_runtime.tools.programs.results import Room, Told


class FolderChanges:
    """Of one folder, from when this is made. The program has closed itself to others by then."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder
        self._kept: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  (open as long as the program)
        snapshots = _Snapshots(folder)
        self._before = snapshots.take()
        snapshots.pack_into(self._kept)
        snapshots.forget()

    def told(self, room: Room) -> Told:
        """The paths that differ and the diff, as `told_diff` tells them. Nobody else is left in the job by then."""
        snapshots = _Snapshots(self._folder)
        after = snapshots.take()
        self._kept.seek(0)
        snapshots.unpack(self._kept)
        return told_diff(snapshots.git, (self._before, after), room)


class _Snapshots:
    """A repository of our own beside the folder, new and with nothing of the folder's own one."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder
        self._store = pathlib.Path(tempfile.mkdtemp(prefix="snapshots-"))
        run("init", "--quiet", "--bare", "--template=", str(self._store), at=None)

    def take(self) -> str:
        """The tree of the folder as it is."""
        self.git("add", "--all", "--", ".")
        return self.git("write-tree").decode().strip()

    def pack_into(self, file: IO[bytes]) -> None:
        names = self.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname)")
        self.git("pack-objects", "--quiet", "--stdout", "--window=0", given=names, into=file)

    def unpack(self, file: IO[bytes]) -> None:
        self.git("index-pack", "--stdin", given=file)

    def forget(self) -> None:
        shutil.rmtree(self._store)

    def git(self, *arguments: str, given: bytes | IO[bytes] = b"", into: IO[bytes] | None = None) -> bytes:
        options = ("-c", "core.bare=false", *arguments)
        return raw(*options, at=self._folder, own=self._store, given=given, into=into)
