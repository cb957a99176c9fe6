"""Lays out the wheels that `in/wheels.json` names where a program finds them, then becomes the program.

A wheel is unpacked and nothing of it is run: no installer, no script. It is the job that does this, under its own
limits, so that one that explodes fills nothing but its own memory.
"""

import json
import lzma
import os
import pathlib
import shutil
import struct
import sys
import zipfile
import zlib

from tool_runtime.tools.programs.endings import OUT, say, told_error
from tool_runtime.tools.programs.results import error_of, write_result

FOLDER = pathlib.Path("/tmp/wheels")  # noqa: S108  (inside the sandbox)
"""First in the path on which the program finds modules; this one before it finds its own alone."""
IN = pathlib.Path("/work/in")
PROGRAM = ("/usr/bin/python3", "-s", "-B", "-u", "/work/main.py")
_PLACES = {"purelib", "platlib"}
_DAMAGED = (
    *(zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError),
    # Of the packed content, of a name that is not as its own mark says, or none, and of fields that end too early.
    *(zlib.error, lzma.LZMAError, ValueError, IndexError, struct.error),
)


class NoWheelError(Exception):
    """Its text is for people."""


def lay_out(wheel: pathlib.Path, folder: pathlib.Path) -> None:
    """What is for the library alone. Raises `NoWheelError`."""
    try:
        with zipfile.ZipFile(wheel) as packed:
            for entry in packed.infolist():
                place = _place_of(entry.filename)
                if place is None or entry.is_dir():
                    continue
                target = folder.joinpath(*place)
                target.parent.mkdir(parents=True, exist_ok=True)
                with packed.open(entry) as content, target.open("wb") as file:
                    shutil.copyfileobj(content, file)
    except _DAMAGED as error:
        raise NoWheelError(f"{wheel.name} is no wheel: {error}") from error
    except OSError as error:
        raise NoWheelError(f"{wheel.name} cannot be unpacked: {error.strerror}") from error


def _place_of(name: str) -> tuple[str, ...] | None:
    """Below the folder; None for scripts, headers and data. Raises `NoWheelError` on what leads elsewhere."""
    parts = tuple(name.split("/"))
    if name.startswith("/") or "\\" in name or any(part in {".", ".."} for part in parts):
        raise NoWheelError(f"{name[:200]!r} is no path within a wheel")
    if parts[0].endswith(".data"):
        return parts[2:] if len(parts) > 2 and parts[1] in _PLACES else None  # noqa: PLR2004
    return parts


def main() -> int:
    for name in json.loads((IN / "wheels.json").read_bytes()):
        try:
            lay_out(IN / name, FOLDER)
        except NoWheelError as error:
            return _refused(str(error))
        except Exception as error:  # noqa: BLE001 - the edge: what nobody foresaw is told without our own paths
            return _refused(f"{name} cannot be unpacked: {told_error(error)['detail']}")
    return os.execv(PROGRAM[0], PROGRAM)  # noqa: S606


def _refused(words: str) -> int:
    """Says so to people, and as a result by which the audit knows it."""
    say(words)
    # One that explodes leaves no room for the result.
    shutil.rmtree(FOLDER, ignore_errors=True)
    write_result({"error": error_of("wheel_refused", words)}, OUT)
    return 1


if __name__ == "__main__":
    sys.exit(main())
