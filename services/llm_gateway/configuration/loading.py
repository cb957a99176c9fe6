"""Reads the gateway's files and makes one configuration of them; an error names file and line."""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from foundation.contracts.accepted.sentences import sentence_of_error
from foundation.contracts.gateway.rate_limits import RateLimits
from llm_gateway.configuration.file import GatewayFile, GatewayPart

_HEADER = re.compile(r"\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?$")
_MEMBER = re.compile(r"""\s*(?:"([^"]+)"|'([^']+)'|([\w-]+))\s*=""")
_PART = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))\s*\.?""")

Place = tuple[str | int, ...]
T = TypeVar("T")


class GatewayFileInvalid(Exception):
    """The file cannot be served from; says where and why."""


@dataclass(frozen=True, slots=True)
class _Read:
    """One file as it was read."""

    path: Path
    lines: Mapping[Place, int]
    part: GatewayPart

    def at(self, place: Place) -> str:
        return f"{self.path}: line {_line_of(place, self.lines)}: {'.'.join(map(str, place))}"

    def definitions(self) -> Iterator[tuple[Place, Place]]:
        """What the file defines, each with its place: tables by name, prices and the like by provider and model."""
        part = self.part
        for section in ("providers", "routes", "stand_ins"):
            yield from (((section, name), (section, name)) for name in getattr(part, section))
        for section in ("prices", "models", "searches"):
            for index, one in enumerate(getattr(part, section)):
                yield (section, one.provider, one.model), (section, index)
        yield from ((("limits", scope), ("limits", scope)) for scope in part.limits.model_fields_set)

    def providers_named(self) -> Iterator[tuple[Place, str]]:
        part = self.part
        for name, route in part.routes.items():
            yield from ((("routes", name), target.provider) for target in route.all_targets())
        yield from ((("stand_ins", name), target.provider) for name, target in part.stand_ins.items())
        for section in ("prices", "models", "searches"):
            yield from (((section, index), one.provider) for index, one in enumerate(getattr(part, section)))


def load_configuration(paths: Sequence[Path], *, placeholders: Mapping[str, str]) -> GatewayFile:
    """Read files in their order and make one configuration of them; `{name}` becomes the placeholder's value.

    `GatewayFileInvalid` names file and line: of what cannot be read, of a name that two files (or one file twice)
    define, and of a provider or route that no file defines.
    """
    files = [_read(path, placeholders) for path in paths]
    _refuse_second_definitions(files)
    whole = _together(files)
    for file in files:
        for place, provider in file.providers_named():
            if provider not in whole.providers:
                raise GatewayFileInvalid(f"{file.at(place)}: there is no provider {provider!r}")
        for name in file.part.stand_ins:
            if name not in whole.routes:
                raise GatewayFileInvalid(f"{file.at(('stand_ins', name))}: there is no route {name!r}")
    return whole


def _read(path: Path, placeholders: Mapping[str, str]) -> _Read:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise GatewayFileInvalid(f"{path}: {error}") from error
    for name, value in placeholders.items():
        text = text.replace("{" + name + "}", value.rstrip("/"))
    lines = _lines(text)
    try:
        return _Read(path, lines, GatewayPart.model_validate(tomllib.loads(text)))
    except tomllib.TOMLDecodeError as error:
        raise GatewayFileInvalid(f"{path}: {error}") from error
    except ValidationError as error:
        faults = [
            f"line {_line_of(fault['loc'], lines)}: {'.'.join(map(str, fault['loc']))}: {sentence_of_error(fault)}"
            for fault in error.errors(include_url=False, include_input=False)
        ]
        raise GatewayFileInvalid(f"{path}: " + "; ".join(faults)) from error


def _refuse_second_definitions(files: Sequence[_Read]) -> None:
    first: dict[Place, str] = {}
    for file in files:
        for defined, place in file.definitions():
            if defined in first:
                name = ".".join(map(str, defined))
                raise GatewayFileInvalid(f"{file.at(place)}: {name} is defined a second time, after {first[defined]}")
            first[defined] = file.at(place)


def _together(files: Sequence[_Read]) -> GatewayFile:
    parts = [file.part for file in files]
    versions = [part.version for part in parts if part.version is not None]
    if not versions:
        raise GatewayFileInvalid(f"{', '.join(str(file.path) for file in files)}: version: no file has one")
    limits: dict[str, Any] = {}
    for part in parts:
        limits |= {scope: getattr(part.limits, scope) for scope in part.limits.model_fields_set}
    return GatewayFile(
        version="+".join(versions),
        providers={name: one for part in parts for name, one in part.providers.items()},
        routes=dict(_closest_first((one for part in parts for one in part.routes.items()), lambda one: one[0])),
        stand_ins={name: one for part in parts for name, one in part.stand_ins.items()},
        prices=_closest_first((one for part in parts for one in part.prices), lambda one: one.model),
        models=_closest_first((one for part in parts for one in part.models), lambda one: one.model),
        searches=_closest_first((one for part in parts for one in part.searches), lambda one: one.model),
        limits=RateLimits(**limits),
    )


def _closest_first(entries: Iterable[T], pattern_of: Callable[[T], str]) -> tuple[T, ...]:
    """By the letters of the pattern: which of two matching ones holds does not hang on the order of files."""
    return tuple(sorted(entries, key=lambda one: -len(pattern_of(one).replace("*", ""))))


def _line_of(place: Sequence[str | int], lines: Mapping[Place, int]) -> int:
    """The line of the nearest thing that stands in the file: the member, its table, or the first line."""
    return next((lines[tuple(place[:end])] for end in range(len(place), 0, -1) if tuple(place[:end]) in lines), 1)


def _lines(text: str) -> dict[Place, int]:
    """Where each table and each member that has a line of its own begins."""
    places: dict[Place, int] = {}
    table: Place = ()
    counts: dict[Place, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = tuple(_parts(header[2]))
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            places.setdefault(table, number)
        elif member := _MEMBER.match(line):
            places.setdefault((*table, member[1] or member[2] or member[3]), number)
    return places


def _parts(dotted: str) -> list[str]:
    return [part[1] or part[2] or part[3] or "" for part in _PART.finditer(dotted)]
