"""Where the path of an action leads, for all programs that work below `/work`."""

import pathlib

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
