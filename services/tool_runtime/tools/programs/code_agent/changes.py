"""What an agent has changed in a folder, whatever it did with the repository that may be there.

Two snapshots are compared, which are kept in a repository of our own beside the folder; what its `.gitignore` leaves
out is in neither.
"""

import pathlib
from typing import Any

from tool_runtime.tools.programs.git_actions import SHOWN_DIFF, SHOWN_FILES, pairs
from tool_runtime.tools.programs.git_repository import run
from tool_runtime.tools.programs.places import WORK

_SNAPSHOTS = pathlib.Path("/tmp/snapshots")  # noqa: S108  (inside the sandbox)
_SHOWN = ("diff", "--no-ext-diff", "--no-textconv", "--no-color")


class FolderChanges:
    """Of one folder, from when this is made."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder
        run("init", "--quiet", "--bare", "--template=", str(_SNAPSHOTS), at=WORK)
        self._before = self._snapshot()

    def told(self) -> dict[str, Any]:
        """The paths that differ and the diff, all of which is `diff.patch` where there is one."""
        after = self._snapshot()
        text = self._git(*_SHOWN, "--binary", self._before, after)
        lines = self._git(*_SHOWN, "--name-status", "-z", self._before, after).split("\0")
        if text:
            (WORK / "out" / "diff.patch").write_text(text, encoding="utf-8")
        changed = [{"status": status[:1], "path": path} for status, path in pairs(lines)]
        cut = len(text) > SHOWN_DIFF or len(changed) > SHOWN_FILES
        return {"changed": changed[:SHOWN_FILES], "diff": text[:SHOWN_DIFF], "truncated": cut}

    def _snapshot(self) -> str:
        self._git("add", "--all", "--", ".")
        return self._git("write-tree").strip()

    def _git(self, *arguments: str) -> str:
        places = ("--git-dir", str(_SNAPSHOTS), "--work-tree", str(self._folder))
        return run(*places, "-c", "core.bare=false", *arguments, at=self._folder)
