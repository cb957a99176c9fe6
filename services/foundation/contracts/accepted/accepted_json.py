"""JSON that may be stored: the one check of every document that comes from outside, whoever sent it.

A request's body, a definition in YAML, a model's answer, a tool's result and an expression's result all end in a
PostgreSQL `jsonb` column and leave again through the API. What PostgreSQL cannot hold, or what a reader could not be
given back exactly as it was sent, is refused here with its place. Nothing is replaced, cut or rounded to make it fit.
"""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from foundation.domain.words.quoting import quoted

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_INT8 = range(-(2**63), 2**63)
# A longer run of digits is far beyond an int8, and Python refuses to read the longest of them.
_INT8_DIGITS = 20
# A double tells any decimal of 15 digits from its neighbours, and 17 digits name each double.
_DOUBLE_DIGITS = 17


@dataclass(frozen=True, slots=True)
class JsonLimits:
    """How much one document may be: bytes of its text, and arrays or objects within each other.

    With `exact_decimals` False a decimal is taken as the double next to it: for envelopes of others' making, whose
    figures are not ours to refuse.
    """

    max_bytes: int
    max_depth: int
    exact_decimals: bool = True


DOCUMENT = JsonLimits(max_bytes=1024 * 1024, max_depth=64)
"""The limits of a request body, answer, result or value for which no others are given."""


class NotAccepted(ValueError):
    """`reason` is a sentence for whoever sent it; `pointer` (RFC 6901) is the place, empty for the whole."""

    def __init__(self, reason: str, *, pointer: str = "") -> None:
        super().__init__(f"{pointer}: {reason}" if pointer else reason)
        self.reason = reason
        self.pointer = pointer


class Malformed(NotAccepted):
    """The text is not JSON at all, as opposed to JSON with a value that may not be stored."""


def parse_json(data: str | bytes, *, limits: JsonLimits = DOCUMENT) -> Any:
    """The value of a JSON text; raises `NotAccepted` where it may not be stored as it stands.

    Stricter than `json.loads`: a key that stands twice, NaN, Infinity, numbers beyond a double or an int8, decimals
    that a double would alter, U+0000 and lone surrogates are refused. Its size is that of the text as it was sent.
    """
    size = len(data) if isinstance(data, bytes) else len(data.encode("utf-8", "surrogatepass"))
    if size > limits.max_bytes:
        raise NotAccepted(f"the document has {size} bytes; at most {limits.max_bytes} are taken")
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        decimal = _decimal if limits.exact_decimals else float
        value = json.loads(
            text, parse_constant=_Constant, parse_float=decimal, parse_int=_integer, object_pairs_hook=_object
        )
    except UnicodeDecodeError as error:
        raise NotAccepted(f"the document is not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise Malformed(f"malformed JSON at line {error.lineno}, column {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise NotAccepted(f"the document is nested deeper than {limits.max_depth} levels") from error
    _Walk(limits, measured=True).visit(value, (), depth=0)
    return value


def accept(value: Any, *, limits: JsonLimits = DOCUMENT) -> Any:
    """The value itself, if it is JSON that may be stored; raises `NotAccepted` otherwise."""
    _Walk(limits).visit(value, (), depth=0)
    return value


def accept_decimal(text: str) -> float:
    """The double that a decimal text stands for; raises `NotAccepted` where it would be another number.

    Up to 17 significant digits are taken; the last of them may be rounded as any reader of doubles does.
    """
    value = float(text)
    if len(text) <= _DOUBLE_DIGITS and "e" not in text and "E" not in text:
        return value
    digits = text.lower().partition("e")[0].lstrip("+-").replace(".", "").strip("0")
    if digits and value == 0:
        raise NotAccepted("the number is so small that a double holds it as 0; send it as text")
    if len(digits) > _DOUBLE_DIGITS:
        raise NotAccepted(f"the number has {len(digits)} significant digits, and a double holds 17; send it as text")
    return value


def accept_text(text: str, *, pointer: str = "") -> str:
    """The text itself, if PostgreSQL can hold it; raises `NotAccepted` otherwise."""
    if (reason := _unstorable(text)) is not None:
        raise NotAccepted(reason, pointer=pointer)
    return text


def depth_of(value: Any) -> int:
    """How many lists and objects stand within each other; of any depth, as it does not recurse."""
    depth, level = 0, [value]
    while level := [one for one in level if isinstance(one, dict | list)]:
        depth += 1
        level = [inner for one in level for inner in (one.values() if isinstance(one, dict) else one)]
    return depth


def pointer_of(path: Sequence[str | int]) -> str:
    """RFC 6901: `("steps", 0, "a/b")` is `/steps/0/a~1b`; what no text can hold is shown as U+FFFD."""
    return "".join(f"/{_UNSTORABLE.sub('�', str(part)).replace('~', '~0').replace('/', '~1')}" for part in path)


# A value that `json.loads` would alter or fail on is replaced by one of these until the walk over the document reports
# it, because only the walk knows its place.
@dataclass(frozen=True, slots=True)
class _Constant:
    name: str


@dataclass(frozen=True, slots=True)
class _Digits:
    count: int


@dataclass(frozen=True, slots=True)
class _Altered:
    reason: str


class _Repeated(dict[str, Any]):
    """Marks an object in whose text a key occurs twice."""

    key = ""


def _integer(digits: str) -> int | _Digits:
    return int(digits) if len(digits) <= _INT8_DIGITS else _Digits(len(digits))


def _decimal(text: str) -> float | _Altered:
    try:
        return accept_decimal(text)
    except NotAccepted as error:
        return _Altered(error.reason)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) == len(pairs):
        return value
    seen: set[str] = set()
    repeated = _Repeated(value)
    repeated.key = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return repeated


class _Walk:
    """Visits every value once, and adds up what its text would need: shared parts count as often as they are used.

    What was `measured` as it was sent is not measured again by what another text of it would need.
    """

    def __init__(self, limits: JsonLimits, *, measured: bool = False) -> None:
        self._limits = limits
        self._measured = measured
        self._bytes = 0

    def visit(self, value: Any, path: tuple[str | int, ...], *, depth: int) -> None:
        if isinstance(value, str):
            self._text(value, path)
        elif isinstance(value, dict):
            self._object(value, path, depth=depth + 1)
        elif isinstance(value, list | tuple):
            self._enter(path, depth=depth + 1)
            for index, item in enumerate(value):
                self.visit(item, (*path, index), depth=depth + 1)
        else:
            if not self._measured:
                self._count(len(str(value)) if isinstance(value, float) else 2, path)
            if (reason := _unfit(value)) is not None:
                raise NotAccepted(reason, pointer=pointer_of(path))

    def _object(self, value: dict[Any, Any], path: tuple[str | int, ...], *, depth: int) -> None:
        self._enter(path, depth=depth)
        if isinstance(value, _Repeated):
            raise NotAccepted(f"the key {quoted(value.key)} stands twice in one object", pointer=pointer_of(path))
        for key, item in value.items():
            if not isinstance(key, str):
                kind = type(key).__name__
                raise NotAccepted(f"the key {quoted(key)} is {kind}; write it as text", pointer=pointer_of(path))
            self._text(key, path)
            self.visit(item, (*path, key), depth=depth)

    def _enter(self, path: tuple[str | int, ...], *, depth: int) -> None:
        self._count(2, path)
        if depth > self._limits.max_depth:
            deepest = self._limits.max_depth
            raise NotAccepted(f"nested deeper than {deepest} levels", pointer=pointer_of(path))

    def _text(self, text: str, path: tuple[str | int, ...]) -> None:
        self._count(len(text) + 2, path)
        if (reason := _unstorable(text)) is not None:
            raise NotAccepted(reason, pointer=pointer_of(path))

    def _count(self, size: int, path: tuple[str | int, ...]) -> None:
        # Reckoned from characters and members, not to the byte: a value that comes out close to the limit is let pass.
        self._bytes += size + 1
        if self._bytes > self._limits.max_bytes + 1024 and not self._measured:
            limit = self._limits.max_bytes
            raise NotAccepted(f"the value is larger than {limit} bytes", pointer=pointer_of(path[:1]))


def _unstorable(text: str) -> str | None:
    """Why PostgreSQL cannot hold the text; None when it can."""
    match = None if text.isascii() and "\x00" not in text else _UNSTORABLE.search(text)
    if match is None:
        return None
    if match.group() == "\x00":
        return "U+0000 cannot be stored; leave it out, or write it another way, as base64"
    return f"half a surrogate pair (U+{ord(match.group()):04X}) is no character; send the whole pair, or leave it out"


def _unfit(value: Any) -> str | None:
    """Why a value that is neither text nor a container is no JSON that may be stored."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int):
        return None if value in _INT8 else "the integer is beyond 64 bits; send it as text"
    if isinstance(value, float):
        return None if math.isfinite(value) else "the number is not finite; JSON has no NaN and no Infinity"
    if isinstance(value, _Constant):
        return f"{value.name} is no JSON number; send null, or a text"
    if isinstance(value, _Digits):
        return f"the integer has {value.count} digits and is beyond 64 bits; send it as text"
    if isinstance(value, _Altered):
        return value.reason
    return f"a {type(value).__name__} is no JSON value; write it as text"
