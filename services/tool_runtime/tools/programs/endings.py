"""How a program of ours ends: always with a result, which is an `error` with a code where nothing else came of it."""

import re
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from tool_runtime.tools.programs.alone import end_all_others
from tool_runtime.tools.programs.results import Told, clean, error_of, write_result

OUT = Path("/work/out")
UNFORESEEN = "internal"
"""The code of a fault of the program itself."""
_PATH = re.compile(r"/(?:run|opt|usr|tmp)/[^\s'\"():,]*")


class ActionFailed(Exception):
    """What was asked cannot be done: a code and words for who asked."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def ends(work: Callable[[], Told], folder: Path = OUT) -> int:
    """Does the work, writes its result and returns the exit code: 1 where the result has an `error`.

    The error is said to `stderr` too.
    """
    try:
        result = work()
    except BaseException as error:  # noqa: BLE001 - the edge: whatever ends a program, its caller gets a result
        result = {"error": told_error(error)}
    try:
        end_all_others()
        told = write_result(result, folder).get("error")
    except OSError as error:
        # A program of somebody else's has put something in its place, or cannot be ended.
        told = told_error(error)
    if told:
        say(f"{told['code']}: {told['detail']}")
    return 1 if told else 0


def told_error(error: BaseException) -> Told:
    """An exception as the `error` of a result. Of one that nobody foresaw the kind, the words and the place are told.

    The place is a module's name and a line, so that a fault can be found; paths are ours and nobody's to see.
    """
    if isinstance(error, ActionFailed):
        return error_of(error.code, error.detail)
    if isinstance(error, MemoryError):
        return error_of("out_of_memory", "there was not enough memory to do it")
    if isinstance(error, OSError) and error.strerror:
        failed = not_possible(error)
        return error_of(failed.code, failed.detail)
    words = _PATH.sub("…", " ".join(str(error).split()))[:300]
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).stem}:{frames[-1].lineno}" if frames else ""
    said = f"{type(error).__name__}: {words}" if words else type(error).__name__
    return error_of(UNFORESEEN, f"the tool failed by itself, which is a fault of the platform: {said}{place}")


def not_possible(error: OSError) -> ActionFailed:
    """What the operating system refuses, in its words."""
    name = f": {error.filename}" if error.filename else ""
    return ActionFailed("not_possible", f"{error.strerror}{name}")


def tell(words: str) -> None:
    """To `stdout`, for who watches while the program runs."""
    sys.stdout.write(clean(words) + "\n")
    sys.stdout.flush()


def say(words: str) -> None:
    """To `stderr`, whatever characters there are in it."""
    sys.stderr.write(clean(words) + "\n")
    sys.stderr.flush()
