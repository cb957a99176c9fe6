"""Reads the gateway's file; what is wrong is told with its line."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from llm_gateway.configuration.file import GatewayFile

_HEADER = re.compile(r"\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?$")
_MEMBER = re.compile(r"""\s*(?:"([^"]+)"|'([^']+)'|([\w-]+))\s*=""")
_PART = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))\s*\.?""")

Place = tuple[str | int, ...]


class GatewayFileInvalid(Exception):
    """The file cannot be served from; says where and why."""


def load_file(path: Path, *, placeholders: Mapping[str, str]) -> GatewayFile:
    """Read and check a file; `{name}` in it becomes the placeholder's value."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise GatewayFileInvalid(f"{path}: {error}") from error
    for name, value in placeholders.items():
        text = text.replace("{" + name + "}", value.rstrip("/"))
    try:
        return GatewayFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise GatewayFileInvalid(f"{path}: {error}") from error
    except ValidationError as error:
        lines = _lines(text)
        faults = [
            f"line {_line_of(fault['loc'], lines)}: {'.'.join(map(str, fault['loc']))}: {fault['msg']}"
            for fault in error.errors(include_url=False, include_input=False)
        ]
        raise GatewayFileInvalid(f"{path}: " + "; ".join(faults)) from error


def _line_of(place: Sequence[str | int], lines: Mapping[Place, int]) -> int:
    """The line of the nearest thing that stands in the file: the member, its table, or the first line."""
    return next((lines[tuple(place[:end])] for end in range(len(place), 0, -1) if tuple(place[:end]) in lines), 1)


def _lines(text: str) -> dict[Place, int]:
    """Where each table and each member that has a line of its own begins."""
    found: dict[Place, int] = {}
    table: Place = ()
    counts: dict[Place, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = tuple(_parts(header[2]))
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            found.setdefault(table, number)
        elif member := _MEMBER.match(line):
            found.setdefault((*table, member[1] or member[2] or member[3]), number)
    return found


def _parts(dotted: str) -> list[str]:
    return [part[1] or part[2] or part[3] or "" for part in _PART.finditer(dotted)]
