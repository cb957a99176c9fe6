"""Forms: JSON Schemas that the data of a decision must satisfy, in that part of draft 2020-12 which stays in bounds.

Whoever defines a task writes the schema, and the API checks data with it while others wait. So a keyword is on the list
below or is refused; a reference stays within the form and leads to no circle, so that the number of subschemas is known
beforehand; and patterns are searched by an engine whose time grows with the text alone, whatever the pattern.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, NoReturn

import jsonschema_rs

from foundation.contracts.accepted.accepted_json import JsonLimits, NotAccepted, accept, depth_of, pointer_of
from foundation.domain.errors import Fault

MAX_FORM_BYTES = 65_536
MAX_PARTS = 1_000
MAX_PATTERN = 512
MAX_PATTERNS = 100
MAX_FORM_DEPTH = 32
DATA = JsonLimits(max_bytes=65_536, max_depth=32)
MOST_FAULTS = 20

Place = tuple[str | int, ...]
"""The place of a part in its form, as the segments of a JSON pointer."""

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_ONE = frozenset({"additionalProperties", "items", "contains", "propertyNames", "not", "if", "then", "else"})
_LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_NAMED = frozenset({"properties", "$defs"})
_PLAIN = frozenset(
    {
        "$schema", "$comment", "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly",
        "type", "enum", "const", "format",
        "multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
        "minLength", "maxLength", "pattern",
        "minItems", "maxItems", "uniqueItems", "minContains", "maxContains",
        "required", "minProperties", "maxProperties", "dependentRequired",
    }
)  # fmt: skip
_KNOWN = _ONE | _LISTS | _NAMED | _PLAIN | {"$ref"}
_LOCAL = "#/$defs/"
# Bytes of a compiled pattern; a larger one would cost memory, however short its text is.
_PATTERN_BYTES = 1 << 18
_PATTERNS = jsonschema_rs.RegexOptions(size_limit=_PATTERN_BYTES, dfa_size_limit=_PATTERN_BYTES)
_SHOWN = 300
_MOST_ERRORS = 20_000


def form_faults(form: Mapping[str, Any]) -> list[Fault]:
    """What is wrong with a form, each with its place in it; none when data can be checked with it in bounded time."""
    if (size := len(json.dumps(form))) > MAX_FORM_BYTES:
        return [Fault("", f"the form has {size} bytes; at most {MAX_FORM_BYTES} are taken")]
    if (depth := depth_of(form)) > MAX_FORM_DEPTH:
        return [Fault("", f"the form is nested {depth} levels deep; at most {MAX_FORM_DEPTH} are taken")]
    if form.get("type") != "object":
        return [Fault("/type", 'a form describes the fields of one object; write "type": "object"')]
    if faults := list(_word_faults(form, (), root=True)):
        return faults[:MOST_FAULTS]
    try:
        parts = _Parts(form).count(form, ())
    except _BadReference as error:
        return [Fault(pointer_of(error.at), error.reason)]
    for found, most, what in ((parts.all, MAX_PARTS, "parts"), (parts.patterns, MAX_PATTERNS, "patterns")):
        if found > most:
            return [Fault("", f"the form has {found} {what}, its references followed; at most {most} are taken")]
    return _shape_faults(form)


def data_faults(form: Mapping[str, Any], data: Any) -> list[Fault]:
    """Where the data does not satisfy a form without faults, each with its place in the data."""
    try:
        accept(data, limits=DATA)
    except NotAccepted as error:
        return [Fault(error.pointer, error.reason)]
    validator = _validator(form)
    if validator.is_valid(data):
        return []
    # A list of all errors has one for each part at each value, and those of the branches below them.
    few = _Parts(form).count(form, ()).all * _values_in(data) <= _MOST_ERRORS
    errors = islice(validator.iter_errors(data), MOST_FAULTS) if few else _first_error(validator, data)
    return [Fault(pointer_of(error.instance_path), _shown(error.message)) for error in errors]


def _shown(message: str) -> str:
    """What the library says; it may quote the whole value."""
    return message if len(message) <= _SHOWN else f"{message[: _SHOWN - 1]}…"


def _first_error(validator: jsonschema_rs.Draft202012Validator, data: Any) -> list[jsonschema_rs.ValidationError]:
    try:
        validator.validate(data)
    except jsonschema_rs.ValidationError as error:
        return [error]
    return []


def _values_in(data: Any) -> int:
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return 1 + sum(_values_in(value) for value in inner)


def _validator(form: Mapping[str, Any]) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        dict(form), pattern_options=_PATTERNS, retriever=_refuse, validate_formats=True
    )


def _refuse(uri: str) -> NoReturn:
    """No reference to the outside passes the check of the words; were one to, nothing would be fetched."""
    raise ValueError(f"nothing is fetched for a form: {uri}")


def _shape_faults(form: Mapping[str, Any]) -> list[Fault]:
    """Values that the keywords cannot have, patterns included; found by the draft's own schema and by compiling it."""
    try:
        _validator(form)
    except jsonschema_rs.ValidationError as error:
        return [Fault(pointer_of(error.instance_path), _shown(error.message))]
    return []


def _word_faults(schema: Any, at: Place, *, root: bool = False) -> Iterator[Fault]:
    if isinstance(schema, bool):
        return
    if not isinstance(schema, Mapping):
        yield Fault(pointer_of(at), "a schema is an object, or true or false")
        return
    for word in sorted(set(schema) - _KNOWN, key=str):
        yield Fault(pointer_of((*at, word)), "this keyword is not known in forms")
    for word in ("$schema", "$defs"):
        if word in schema and not root:
            yield Fault(pointer_of((*at, word)), "it stands at the form's root only")
    if schema.get("$schema", DRAFT) != DRAFT:
        yield Fault(pointer_of((*at, "$schema")), f"a form is of draft 2020-12: {DRAFT}")
    if isinstance(pattern := schema.get("pattern"), str) and len(pattern) > MAX_PATTERN:
        yield Fault(pointer_of((*at, "pattern")), f"a pattern has at most {MAX_PATTERN} characters")
    reference = schema.get("$ref", _LOCAL)
    if not isinstance(reference, str) or not reference.startswith(_LOCAL) or "/" in reference[len(_LOCAL) :]:
        yield Fault(pointer_of((*at, "$ref")), f"a reference names a part of the same form: {_LOCAL}<name>")
    for part, place in _parts_of(schema, at):
        yield from _word_faults(part, place)


def _parts_of(schema: Mapping[str, Any], at: Place) -> Iterator[tuple[Any, Place]]:
    """The subschemas that stand in a schema itself."""
    for word, value in schema.items():
        if word in _ONE:
            yield value, (*at, word)
        elif word in _LISTS and isinstance(value, list):
            yield from ((part, (*at, word, index)) for index, part in enumerate(value))
        elif word in _NAMED and isinstance(value, Mapping):
            yield from ((part, (*at, word, name)) for name, part in value.items())


class _BadReference(Exception):
    def __init__(self, at: Place, reason: str) -> None:
        super().__init__(reason)
        self.at = at
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Count:
    """Subschemas, and the patterns among them."""

    all: int
    patterns: int

    def plus(self, other: "_Count") -> "_Count":
        return _Count(self.all + other.all, self.patterns + other.patterns)


class _Parts:
    """Counts subschemas as often as they are applied: a part that is referred to twice counts twice."""

    def __init__(self, form: Mapping[str, Any]) -> None:
        self._named = form.get("$defs", {})
        self._counted: dict[str, _Count] = {}
        self._open: set[str] = set()

    def count(self, schema: Any, at: Place) -> _Count:
        if not isinstance(schema, Mapping):
            return _Count(1, 0)
        count = _Count(1, int("pattern" in schema))
        for part, place in _parts_of(schema, at):
            below = self.count(part, place)
            # What stands below `$defs` is looked at, but applied only where it is referred to.
            count = count if place[len(at)] == "$defs" else count.plus(below)
        return count.plus(self._referred(schema["$ref"], (*at, "$ref"))) if "$ref" in schema else count

    def _referred(self, reference: str, at: Place) -> _Count:
        name = reference.removeprefix(_LOCAL).replace("~1", "/").replace("~0", "~")
        if name in self._open:
            raise _BadReference(at, "the reference leads to itself; a form has no circles")
        if not isinstance(self._named, Mapping) or name not in self._named:
            raise _BadReference(at, f"there is no part of this name below {_LOCAL}")
        if name not in self._counted:
            self._open.add(name)
            self._counted[name] = self.count(self._named[name], at)
            self._open.discard(name)
        return self._counted[name]
