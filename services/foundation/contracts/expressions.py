"""`${…}` in a definition: JMESPath over `input` and `steps.<name>.output`."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

import jmespath
from jmespath.exceptions import JMESPathError

_EXPRESSION = re.compile(r"\$\{((?:[^{}]|\{[^{}]*\})*)\}")
"""One level of braces may stand inside: JMESPath's multiselect hash."""
_ROOTS = frozenset({"input", "steps"})


class ExpressionError(ValueError):
    """An expression that cannot be read or does not apply; the message says which and why."""


def expressions_in(value: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Every expression inside a JSON value, with the JSON pointer of the text that holds it."""
    if isinstance(value, str):
        for match in _EXPRESSION.finditer(value):
            yield pointer, match.group(1)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from expressions_in(item, f"{pointer}/{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from expressions_in(item, f"{pointer}/{index}")


def steps_read_by(expression: str) -> frozenset[str]:
    """The names of the steps whose output the expression reads; `ExpressionError` when it is no such expression."""
    try:
        tree = cast("dict[str, Any]", jmespath.compile(expression).parsed)
    except JMESPathError as error:
        raise ExpressionError(f"${{{expression}}} is not JMESPath: {error}") from error
    names: set[str] = set()
    for path in _rooted_paths(tree):
        if path[0] not in _ROOTS:
            raise ExpressionError(f"${{{expression}}} starts with {path[0]!r}; only 'input' and 'steps' are known")
        if path[0] == "steps":
            if len(path) < 3 or path[2] != "output":  # noqa: PLR2004 - steps, name, output
                raise ExpressionError(f"${{{expression}}} must read steps.<name>.output")
            names.add(path[1])
    return frozenset(names)


def _rooted_paths(node: dict[str, Any]) -> Iterator[list[str]]:
    """The dotted paths that start at the root of the data, as far as they are plain fields."""
    kind, children = node["type"], node["children"]
    if kind == "field":
        yield [node["value"]]
    elif kind == "subexpression":
        plain = _plain_fields(node)
        if plain:
            yield plain
        else:
            yield from _rooted_paths(children[0])
    elif kind in {"projection", "value_projection", "filter_projection", "index_expression", "pipe", "flatten"}:
        yield from _rooted_paths(children[0])
    elif kind not in {"literal", "identity", "current", "expref"}:
        for child in children:
            yield from _rooted_paths(child)


def _plain_fields(node: dict[str, Any]) -> list[str]:
    fields: list[str] = []
    for child in node["children"]:
        if child["type"] == "field":
            fields.append(child["value"])
        elif child["type"] == "subexpression":
            fields.extend(_plain_fields(child))
        else:
            inner = list(_rooted_paths(child)) if not fields else []
            fields.extend(inner[0] if inner else [])
    return fields


def resolve(value: Any, data: Mapping[str, Any]) -> Any:
    """The value with every expression replaced; a text that is one expression keeps its result's type."""
    if isinstance(value, str):
        whole = _EXPRESSION.fullmatch(value)
        if whole:
            return _search(whole.group(1), data)
        return _EXPRESSION.sub(lambda match: _as_text(_search(match.group(1), data)), value)
    if isinstance(value, Mapping):
        return {key: resolve(item, data) for key, item in value.items()}
    if isinstance(value, list):
        return [resolve(item, data) for item in value]
    return value


def _search(expression: str, data: Mapping[str, Any]) -> Any:
    try:
        return jmespath.search(expression, data)
    except JMESPathError as error:
        raise ExpressionError(f"${{{expression}}} does not apply: {error}") from error


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
