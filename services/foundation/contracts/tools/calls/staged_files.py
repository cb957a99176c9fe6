"""`files`: artifacts that are staged for a tool, as expressions give them and as people write them."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from pydantic import ValidationError, field_validator

from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.accepted.file_names import FileName, names_in_each_others_way
from foundation.contracts.accepted.sentences import sentence_of_error
from foundation.contracts.expressions.evaluation import holds_expression, is_expression
from foundation.contracts.message import Message
from foundation.domain.errors import Fault
from foundation.domain.words.quoting import quoted

Place = tuple[str | int, ...]
_OWN_NAME = "\0"
"""Marks an artifact that is staged under its own name, which a definition does not know; no file name begins so."""


class FileReference(Message):
    """An artifact, and the name that it is staged under where that is not its own; size and digest are ignored."""

    artifact: str
    name: FileName | None = None
    size: Any = None
    sha256: Any = None

    @field_validator("artifact")
    @classmethod
    def _is_an_id(cls, text: str) -> str:
        try:
            return str(UUID(text))
        except ValueError:
            raise ValueError("an artifact's id is a UUID, as POST /artifacts and outputs give it") from None


def entries_of(files: Any, at: Place = ()) -> Iterator[tuple[Place, Any]]:
    """One file or many, also as lists of lists, as projections over several outputs give them; null is none."""
    if isinstance(files, list):
        for index, item in enumerate(files):
            yield from entries_of(item, (*at, index))
    elif files is not None:
        yield at, files


def read_files(files: Any) -> tuple[list[FileReference], list[Fault]]:
    """The files, and what is wrong with them; the place is the one below `files`."""
    found, faults = [], []
    for at, entry in entries_of(files):
        try:
            found.append(FileReference.model_validate(entry))
        except ValidationError as error:
            faults += [_fault(at, entry, one["loc"], sentence_of_error(one)) for one in error.errors(include_url=False)]
    return found, faults


def written_file_faults(files: Any, *, taken: Iterable[str] = ()) -> list[Fault]:
    """What is wrong with files in a definition, as far as no expression stands there.

    Nothing may be staged under a name that is `taken`.
    """
    faults = []
    for at, entry in entries_of(files):
        if is_expression(entry) or (isinstance(entry, dict) and any(map(holds_expression, entry.values()))):
            continue
        faults += [Fault(pointer_of(at) + fault.pointer, fault.detail) for fault in read_files(entry)[1]]
    return faults or _clashes(files, taken)


def _clashes(files: Any, taken: Iterable[str]) -> list[Fault]:
    """The first file that cannot lie beside those before it, by the names that are written."""
    named: list[tuple[Place, str]] = [((), name) for name in taken]
    for at, entry in entries_of(files):
        if not isinstance(entry, dict):
            continue
        name, artifact = entry.get("name"), entry.get("artifact")
        if isinstance(name, str) and not holds_expression(name):
            named.append(((*at, "name"), name))
        elif name is None and isinstance(artifact, str) and not holds_expression(artifact):
            named.append((at, f"{_OWN_NAME}{artifact}"))
    clash = names_in_each_others_way(name for _, name in named)
    if clash is None:
        return []
    earlier, later = clash
    places = [at for at, name in named if name == later]
    words = " and ".join(
        f"artifact {name.removeprefix(_OWN_NAME)}" if name.startswith(_OWN_NAME) else quoted(name) for name in clash
    )
    place = places[1 if earlier == later else 0]
    return [Fault(pointer_of(place), f"{words} cannot both be staged; give one another name")]


def _fault(at: Place, entry: Any, below: Place, message: str) -> Fault:
    if not isinstance(entry, dict):
        return Fault(pointer_of(at), 'a file is {"artifact": <id>, "name": …}')
    return Fault(pointer_of((*at, *below)), message)
