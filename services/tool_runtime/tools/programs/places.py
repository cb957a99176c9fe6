"""Where the path of an action leads, and how one says that it cannot be done: for the programs of `files` and `git`."""

import pathlib

WORK = pathlib.Path("/work")


class ActionFailed(Exception):
    """What was asked cannot be done: a code and words for who asked."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


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


def not_possible(error: OSError) -> ActionFailed:
    """What the operating system refuses, in its words."""
    return ActionFailed("not_possible", f"{error.strerror}: {error.filename}")
