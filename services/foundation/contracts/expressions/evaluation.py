"""`${…}` in a definition: JMESPath over `input` and `steps.<name>.output`. `$${` is a literal `${`."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from foundation.contracts.accepted.accepted_json import NotAccepted, accept, pointer_of
from foundation.contracts.expressions.language import ExpressionError, parse, search, shown
from foundation.contracts.expressions.reads import steps_read_by
from foundation.domain.words.quoting import quoted

__all__ = [
    "ExpressionError",
    "expressions_in",
    "holds_expression",
    "inside",
    "is_expression",
    "resolve",
    "steps_read_by",
]

Place = tuple[str | int, ...]

_OPENING = re.compile(r"\$?\$\{")
# Inside an expression: what may hold a brace that closes nothing, and the braces of JMESPath's hashes.
_INSIDE = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`|[{}]""", re.DOTALL)
LITERAL_REMEDY = "where the text ${ itself is meant, write $${"


@dataclass(frozen=True, slots=True)
class Expression:
    """A part of a text that is JMESPath."""

    source: str


def parts_of(text: str) -> list[str | Expression]:
    """The text in its parts, literals unescaped; `ExpressionError` when an expression is not closed."""
    parts: list[str | Expression] = []
    at = 0
    while opening := _OPENING.search(text, at):
        before = text[at : opening.start()]
        if opening.group() == "$${":
            parts.append(before + "${")
            at = opening.end()
            continue
        end = _end_of(text, opening.end())
        if end is None:
            shown = text[opening.start() : opening.start() + 40]
            raise ExpressionError(f"the expression that begins with {quoted(shown)} is not closed; {LITERAL_REMEDY}")
        parts += [before] if before else []
        parts.append(Expression(text[opening.end() : end].strip()))
        at = end + 1
    return parts + ([text[at:]] if text[at:] else [])


def _end_of(text: str, at: int) -> int | None:
    """The position of the brace that closes an expression which begins here."""
    depth = 0
    for token in _INSIDE.finditer(text, at):
        if token.group() == "{":
            depth += 1
        elif token.group() == "}":
            if depth == 0:
                return token.start()
            depth -= 1
    return None


def is_expression(value: Any) -> bool:
    """Whether the value is a text that is one whole expression, whose result keeps its type."""
    return isinstance(value, str) and _is_whole(_parts_or_none(value))


def inside(text: str) -> str:
    """The JMESPath of a text that is one whole expression."""
    [expression] = parts_of(text)
    if not isinstance(expression, Expression):
        raise TypeError("the text is no expression")
    return expression.source


def holds_expression(value: Any) -> bool:
    """Whether the text contains an expression."""
    return isinstance(value, str) and any(isinstance(part, Expression) for part in _parts_or_none(value))


def _parts_or_none(text: str) -> list[str | Expression]:
    try:
        return parts_of(text)
    except ExpressionError:
        return []


def _is_whole(parts: list[str | Expression]) -> bool:
    return len(parts) == 1 and isinstance(parts[0], Expression)


def expressions_in(value: Any, at: Place = ()) -> Iterator[tuple[str, str | ExpressionError]]:
    """Every expression inside a JSON value with the pointer of the text that holds it; an error for an unclosed one."""
    if isinstance(value, str):
        try:
            parts = parts_of(value)
        except ExpressionError as error:
            yield pointer_of(at), error
        else:
            yield from ((pointer_of(at), part.source) for part in parts if isinstance(part, Expression))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from expressions_in(item, (*at, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from expressions_in(item, (*at, index))


def resolve(value: Any, data: Mapping[str, Any], at: Place = ()) -> Any:
    """The value with every expression replaced; a text that is one expression keeps its result's type.

    `ExpressionError` names the place where one does not apply, gives null within a longer text, or gives what may not
    be stored. What comes of an expression is never read as one again.
    """
    try:
        return accept(_resolve(value, data, at))
    except NotAccepted as error:
        raise ExpressionError(f"{pointer_of(at)}{error.pointer}: what the expressions give: {error.reason}") from error


def _resolve(value: Any, data: Mapping[str, Any], at: Place) -> Any:
    if isinstance(value, str):
        return _text(value, data, at)
    if isinstance(value, Mapping):
        return {key: _resolve(item, data, (*at, key)) for key, item in value.items()}
    if isinstance(value, list):
        return [_resolve(item, data, (*at, index)) for index, item in enumerate(value)]
    return value


def _text(text: str, data: Mapping[str, Any], at: Place) -> Any:
    try:
        parts = parts_of(text)
        if _is_whole(parts):
            return _search(parts[0].source, data)  # type: ignore[union-attr]  # the whole is one expression
        return "".join(part if isinstance(part, str) else _as_text(part.source, data) for part in parts)
    except ExpressionError as error:
        raise ExpressionError(f"{pointer_of(at) or 'the text'}: {error}") from error


def _search(expression: str, data: Mapping[str, Any]) -> Any:
    try:
        return accept(search(expression, data))
    except NotAccepted as error:
        raise ExpressionError(f"{shown(expression)} gives what may not be stored: {error}") from error


def _as_text(expression: str, data: Mapping[str, Any]) -> str:
    value = _search(expression, data)
    if value is None:
        why = _missing(expression, data)
        raise ExpressionError(
            f"${{{expression}}} is null{why}; write ${{{expression} || 'default'}} where that is meant"
        )
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _missing(expression: str, data: Any) -> str:
    """Which key of a plain path is not there."""
    for name in _fields(parse(expression)):
        if not isinstance(data, Mapping) or name not in data:
            return f", as there is no {quoted(name)}"
        data = data[name]
    return ""


def _fields(node: dict[str, Any]) -> list[str]:
    """The names of a plain path, as far as it is one."""
    if node["type"] == "field":
        return [node["value"]]
    return [name for child in node["children"] for name in _fields(child)] if node["type"] == "subexpression" else []
