"""What an agent has changed in a folder, whatever it did with the repository that may be there.

Two snapshots are compared, which are kept in a repository of our own beside the folder; what its `.gitignore` leaves
out is in neither.
"""

import pathlib

from tool_runtime.tools.programs.git.commands import raw, run
from tool_runtime.tools.programs.git.told_diff import told_diff
from tool_runtime.tools.programs.places import WORK
from tool_runtime.tools.programs.results import Room, Told

_SNAPSHOTS = pathlib.Path("/tmp/snapshots")  # noqa: S108  (inside the sandbox)


class FolderChanges:
    """Of one folder, from when this is made."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder
        run("init", "--quiet", "--bare", "--template=", str(_SNAPSHOTS), at=WORK)
        self._before = self._snapshot()

    def told(self, room: Room) -> Told:
        """The paths that differ and the diff, as `told_diff` tells them."""
        return told_diff(self._git, (self._before, self._snapshot()), room)

    def _snapshot(self) -> str:
        self._git("add", "--all", "--", ".")
        return self._git("write-tree").decode().strip()

    def _git(self, *arguments: str) -> bytes:
        places = ("--git-dir", str(_SNAPSHOTS), "--work-tree", str(self._folder))
        return raw(*places, "-c", "core.bare=false", *arguments, at=self._folder)
