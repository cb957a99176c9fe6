"""YAML as a caller wrote it: a text that can be read as two things is refused with its line and column.

YAML 1.1 and 1.2 disagree about `yes`, `010`, `1:30`, `1_000`, `2024-01-01` and more, about the characters that end a
line, and its readers about which of two equal keys holds. None of them is guessed: what every reader takes for the same
value is taken, the rest is refused.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.resolver import Resolver

from foundation.contracts.accepted.accepted_json import DOCUMENT, NotAccepted, accept, accept_decimal, pointer_of
from foundation.domain.errors import BadRequest, Fault, InvalidDefinition
from foundation.domain.words.quoting import quoted

MOST_VALUES = 100_000
"""Of one document: more of them would hold up the process for seconds."""

_TAG = "tag:yaml.org,2002:"
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
# YAML 1.1 has them among its words, and only some of its readers take them for such.
_LETTERS = frozenset("yYnN")
_WORD_LIKE_KEYS = frozenset({"on"})
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_DECIMAL = re.compile(r"[-+]?[0-9]+\.[0-9]*([eE][-+][0-9]+)?")
_ONLY_IN_1_2 = re.compile(
    r"0o[0-7]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)
_SOMETIMES_A_BREAK = re.compile("[\u0085\u2028\u2029]")
_MOST_DIGITS = 4000
"""Python reads no longer integer, and `accept` refuses far shorter ones."""


def parse_yaml(body: bytes) -> Any:
    """The value of a YAML document; `BadRequest` where it is malformed, `InvalidDefinition` where it is ambiguous."""
    _check_line_breaks(body)
    try:
        return _Builder().build(yaml.parse(body, Loader=yaml.CSafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise BadRequest(f"malformed YAML{where}: {error.problem}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise BadRequest(f"malformed YAML: {error}") from error


def _check_line_breaks(body: bytes) -> None:
    """YAML 1.1 ends a line, or folds it, where 1.2 and every editor see a character of the text."""
    encoding = "utf-16" if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8"
    text = body.decode(encoding, "replace")
    if (odd_break := _SOMETIMES_A_BREAK.search(text)) is None:
        return
    *above, own = re.split(r"\r\n|\r|\n", text[: odd_break.start()])
    code = f"{ord(odd_break.group()):04X}"
    detail = (
        f"U+{code} ends a line to some readers of YAML and is a character to others; write it as \\u{code} in double "
        f"quotes (line {len(above) + 1}, column {len(own.removeprefix(codecs.BOM_UTF8.decode())) + 1})"
    )
    raise InvalidDefinition(detail, faults=(Fault("", detail),), remedy="mend that line")


class _AmbiguousError(NotAccepted):
    """Readers of YAML do not agree about the value."""


@dataclass(slots=True)
class _Open:
    """A mapping or sequence whose end has not come yet; `key` is the one whose value comes next."""

    value: dict[str, Any] | list[Any]
    path: tuple[str | int, ...]
    key: str | None = None
    lines: dict[str, int] = field(default_factory=dict)


class _Builder:
    """Builds one document from the parser's events, without recursion and without aliases."""

    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._root: Any = None
        self._documents = 0
        self._values = 0

    def build(self, events: Iterator[yaml.Event]) -> Any:
        for event in events:
            match event:
                case yaml.DocumentStartEvent():
                    self._documents += 1
                    if self._documents > 1:
                        raise self._refused(event, "a second document begins; send one")
                case yaml.AliasEvent():
                    raise self._alias(event)
                case yaml.ScalarEvent():
                    self._scalar(event)
                case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                    self._enter(event)
                case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                    self._open.pop()
        return self._root

    def _enter(self, event: yaml.CollectionStartEvent) -> None:
        if self._expects_key():
            raise self._refused(event, "a key is a list or an object; write a text")
        if event.tag is not None:
            raise self._refused(event, f"the tag {event.tag} is not read here; write plain values")
        if len(self._open) >= DOCUMENT.max_depth:
            raise self._refused(event, f"nested deeper than {DOCUMENT.max_depth} levels")
        value: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        path = self._path()
        self._place(event, value)
        self._open.append(_Open(value, path))

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        if self._expects_key():
            self._key(event)
        else:
            self._place(event, self._value_of(event))

    def _key(self, event: yaml.ScalarEvent) -> None:
        inside = self._open[-1]
        if event.value == "<<" and event.implicit[0]:
            raise self._refused(event, "merge keys (<<) are not read here; write the members out")
        # `on` is a member of definitions, and a key is a text to every reader that hands out JSON.
        key = event.value if event.value in _WORD_LIKE_KEYS else self._value_of(event)
        if not isinstance(key, str):
            raise self._refused(event, f"the key {quoted(event.value)} is no text; quote it")
        if key in inside.lines:
            first = inside.lines[key]
            reason = f"the key {quoted(key)} stands twice in one object, first at line {first}"
            raise self._refused(event, reason, as_kind=BadRequest)
        inside.key, inside.lines[key] = key, _place_of(event)[0]

    def _place(self, event: yaml.Event, value: Any) -> None:
        self._values += 1
        if self._values > MOST_VALUES:
            raise self._refused(event, f"the document has more than {MOST_VALUES} values")
        if not self._open:
            self._root = value
            return
        inside = self._open[-1]
        if isinstance(inside.value, list):
            inside.value.append(value)
        elif inside.key is not None:
            inside.value[inside.key], inside.key = value, None

    def _expects_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].value, dict) and self._open[-1].key is None

    def _value_of(self, event: yaml.ScalarEvent) -> Any:
        plain, _ = event.implicit
        if event.tag not in {None, f"{_TAG}str"}:
            raise self._refused(event, f"the tag {event.tag} is not read here; write plain values")
        try:
            return accept(_plain(event.value) if plain and event.tag is None else event.value)
        except _AmbiguousError as error:
            raise self._refused(event, error.reason) from error
        except NotAccepted as error:
            raise self._refused(event, error.reason, as_kind=BadRequest) from error

    def _refused(self, event: yaml.Event, reason: str, *, as_kind: type[BadRequest] = InvalidDefinition) -> BadRequest:
        """What JSON cannot say either is refused as there; what only YAML can say, as an invalid definition."""
        line, column = _place_of(event)
        detail = f"{reason} (line {line}, column {column})"
        return as_kind(detail, faults=(Fault(pointer_of(self._path()), detail),), remedy="mend that line")

    def _alias(self, event: yaml.AliasEvent) -> BadRequest:
        # A few aliases of aliases unfold into more than any memory holds.
        line, column = _place_of(event)
        detail = f"aliases are not read here (line {line}, column {column})"
        faults = (Fault(pointer_of(self._path()), detail),)
        return BadRequest("YAML " + detail, faults=faults, remedy="write the value out")

    def _path(self) -> tuple[str | int, ...]:
        """Where the next value stands."""
        if not self._open:
            return ()
        inside = self._open[-1]
        if isinstance(inside.value, list):
            return (*inside.path, len(inside.value))
        return inside.path if inside.key is None else (*inside.path, inside.key)


def _place_of(event: yaml.Event) -> tuple[int, int]:
    """Line and column as editors count them."""
    mark: Any = event.start_mark  # only events that a program makes have none; the parser marks each of its own
    return mark.line + 1, mark.column + 1


def _plain(text: str) -> Any:
    """The value of a scalar without quotes; `NotAccepted` where readers of YAML do not agree about it."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > _MOST_DIGITS and text.strip("+-").isdigit():
        raise NotAccepted(f"the integer has {len(text)} digits and is beyond 64 bits; write it as text, in quotes")
    if _INTEGER.fullmatch(text):
        return int(text)
    if _HEXADECIMAL.fullmatch(text):
        return int(text, 16)
    if _DECIMAL.fullmatch(text):
        return accept_decimal(text)
    kind = "bool" if text in _LETTERS else _kind_in_1_1(text)
    if kind == "str" and not _ONLY_IN_1_2.fullmatch(text):
        return text
    raise _AmbiguousError(
        f"{quoted(text)} is a text to some readers of YAML and {_NAMES.get(kind, 'a number')} to others; {_REMEDY}"
    )


_NAMES = {"bool": "true or false", "timestamp": "a date", "merge": "a merge key", "value": "a default value"}
_REMEDY = "write a text in quotes, a number in plain decimals, and true or false as such"


def _kind_in_1_1(text: str) -> str:
    resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = Resolver.yaml_implicit_resolvers
    for tag, pattern in resolvers.get(text[0], []) + resolvers.get("*", []):
        if pattern.match(text):
            return tag.removeprefix(_TAG)
    return "str"
