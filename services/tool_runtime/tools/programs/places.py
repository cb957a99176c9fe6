"""Where the path of an action leads, for all programs that work below `/work`."""

import pathlib
import re

from tool_runtime.tools.programs.endings import ActionFailed

WORK = pathlib.Path("/work")


def place(told: str) -> pathlib.Path:
    """A path below `/work`, also where links lead. Raises `ActionFailed`."""
    path = WORK / told
    try:
        is_inside = path.resolve().is_relative_to(WORK)
    except RuntimeError:
        raise ActionFailed("link_loop", f"{told!r} leads through links that lead back to themselves") from None
    if not is_inside:
        raise ActionFailed("outside", f"{told!r} leads out of /work")
    return path


def fits(glob: str | None, name: str) -> bool:
    """Whether a path fits the glob, which is a regular expression here; all do where there is none."""
    return glob is None or re.fullmatch(glob, name) is not None
