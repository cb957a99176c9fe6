"""Makes one configuration of the gateway's files and of what operators publish over them; an error names the place."""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from foundation.contracts.accepted.sentences import sentence_of_error
from foundation.contracts.gateway.rate_limits import RateLimits
from llm_gateway.configuration.file import GatewayFile, GatewayPart, MostConfig, PriceConfig, SearchConfig

_HEADER = re.compile(r"\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?$")
_MEMBER = re.compile(r"""\s*(?:"([^"]+)"|'([^']+)'|([\w-]+))\s*=""")
_PART = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))\s*\.?""")

Place = tuple[str | int, ...]
T = TypeVar("T")
OfModel = TypeVar("OfModel", MostConfig, PriceConfig, SearchConfig)


class GatewayFileInvalid(Exception):
    """The file cannot be served from; says where and why."""


@dataclass(frozen=True, slots=True)
class Published:
    """What operators publish over the files: a document of the same form, and the number of its version."""

    version: int
    document: str

    def __str__(self) -> str:
        return f"version {self.version} of what is published"


@dataclass(frozen=True, slots=True)
class _Read:
    """One file, or what is published, as it was read."""

    source: Path | Published
    lines: Mapping[Place, int]
    part: GatewayPart

    def at(self, place: Place) -> str:
        return f"{self.source}: line {_line_of(place, self.lines)}: {'.'.join(map(str, place))}"

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


def load_configuration(
    paths: Sequence[Path], *, placeholders: Mapping[str, str], published: Published | None = None
) -> GatewayFile:
    """Read files in their order and make one configuration of them; `{name}` becomes the placeholder's value.

    What is published counts in place of what the files define by the same name. `GatewayFileInvalid` names file and
    line: of what cannot be read, of a name that two files (or one file twice) define, and of a provider or route that
    is nowhere defined.
    """
    files = [_read(path, placeholders) for path in paths]
    _refuse_second_definitions(files)
    versions = [file.part.version for file in files if file.part.version is not None]
    if not versions:
        raise GatewayFileInvalid(f"{', '.join(str(path) for path in paths)}: version: no file has one")
    sources = list(files)
    if published is not None:
        sources.append(_read_published(published, placeholders))
        versions.append(f"published-{published.version}")
    whole = _together([source.part for source in sources], "+".join(versions))
    for read in sources:
        for place, provider in read.providers_named():
            if provider not in whole.providers:
                raise GatewayFileInvalid(f"{read.at(place)}: there is no provider {provider!r}")
        for name in read.part.stand_ins:
            if name not in whole.routes:
                raise GatewayFileInvalid(f"{read.at(('stand_ins', name))}: there is no route {name!r}")
    return whole


def _read(path: Path, placeholders: Mapping[str, str]) -> _Read:
    try:
        return _parsed(path, path.read_text(encoding="utf-8"), placeholders)
    except (OSError, UnicodeDecodeError) as error:
        raise GatewayFileInvalid(f"{path}: {error}") from error


def _read_published(published: Published, placeholders: Mapping[str, str]) -> _Read:
    over = _parsed(published, published.document, placeholders)
    if over.part.version is not None:
        raise GatewayFileInvalid(f"{over.at(('version',))}: leave it out; what is published is numbered")
    _refuse_second_definitions([over])
    return over


def _parsed(source: Path | Published, text: str, placeholders: Mapping[str, str]) -> _Read:
    for name, value in placeholders.items():
        text = text.replace("{" + name + "}", value.rstrip("/"))
    lines = _lines(text)
    try:
        return _Read(source, lines, GatewayPart.model_validate(tomllib.loads(text)))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise GatewayFileInvalid(f"{source}: {error}") from error
    except ValidationError as error:
        faults = [
            f"line {_line_of(fault['loc'], lines)}: {'.'.join(map(str, fault['loc']))}: {sentence_of_error(fault)}"
            for fault in error.errors(include_url=False, include_input=False)
        ]
        raise GatewayFileInvalid(f"{source}: " + "; ".join(faults)) from error


def _refuse_second_definitions(files: Sequence[_Read]) -> None:
    first: dict[Place, str] = {}
    for file in files:
        for defined, place in file.definitions():
            if defined in first:
                name = ".".join(map(str, defined))
                raise GatewayFileInvalid(f"{file.at(place)}: {name} is defined a second time, after {first[defined]}")
            first[defined] = file.at(place)


def _together(parts: Sequence[GatewayPart], version: str) -> GatewayFile:
    """One configuration; of two parts that define the same, the later one counts."""
    limits: dict[str, Any] = {}
    for part in parts:
        limits |= {scope: getattr(part.limits, scope) for scope in part.limits.model_fields_set}
    return GatewayFile(
        version=version,
        providers=_by_name(part.providers for part in parts),
        routes=dict(_closest_first(_by_name(part.routes for part in parts).items(), lambda one: one[0])),
        stand_ins=_by_name(part.stand_ins for part in parts),
        prices=_closest_first(_by_model(part.prices for part in parts), lambda one: one.model),
        models=_closest_first(_by_model(part.models for part in parts), lambda one: one.model),
        searches=_closest_first(_by_model(part.searches for part in parts), lambda one: one.model),
        limits=RateLimits(**limits),
    )


def _by_name(tables: Iterable[Mapping[str, T]]) -> dict[str, T]:
    return {name: one for table in tables for name, one in table.items()}


def _by_model(lists: Iterable[Iterable[OfModel]]) -> Iterable[OfModel]:
    return {(one.provider, one.model): one for entries in lists for one in entries}.values()


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
