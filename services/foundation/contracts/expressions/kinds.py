"""Says what kind of value an expression gives whenever it gives one, as far as its syntax tree tells."""

from typing import Any

from foundation.contracts.expressions.language import ExpressionError, parse

BOOLEAN, NUMBER, TEXT, LIST, OBJECT, NULL = "true or false", "a number", "a text", "a list", "an object", "null"

_OF_LITERALS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, BOOLEAN),
    ((int, float), NUMBER),
    (str, TEXT),
    (list, LIST),
    (dict, OBJECT),
    (type(None), NULL),
)
_OF_NODES = {
    "comparator": BOOLEAN,
    "not_expression": BOOLEAN,
    "multi_select_list": LIST,
    "multi_select_dict": OBJECT,
    "projection": LIST,
    "value_projection": LIST,
    "filter_projection": LIST,
    "flatten": LIST,
}
_OF_FUNCTIONS = {
    **dict.fromkeys(("contains", "ends_with", "starts_with"), BOOLEAN),
    **dict.fromkeys(("abs", "avg", "ceil", "floor", "length", "sum", "to_number"), NUMBER),
    **dict.fromkeys(("join", "to_string", "type"), TEXT),
    **dict.fromkeys(("keys", "map", "sort", "sort_by", "to_array", "values"), LIST),
    "merge": OBJECT,
}


def kind_given(expression: str) -> str | None:
    """The one kind of value that it gives, in words; None where that depends on what it reads, or it is no expression.

    An expression of a known kind may give null beside it, where what it reads is not there.
    """
    try:
        return _kind(parse(expression))
    except ExpressionError:
        return None


def length_given(expression: str) -> int | None:
    """The length of a list that the expression writes out; None where it is no such list."""
    try:
        node = parse(expression)
    except ExpressionError:
        return None
    if node["type"] == "literal" and isinstance(node["value"], list):
        return len(node["value"])
    return len(node["children"]) if node["type"] == "multi_select_list" else None


def _has_no_members(node: dict[str, Any]) -> bool:
    """Whether a member of its value is always null, as in `!input.done`, which is `(!input).done`."""
    return _kind(node) not in {None, OBJECT}


def _kind(node: dict[str, Any]) -> str | None:
    kind = node["type"]
    if kind == "literal":
        return next(name for types, name in _OF_LITERALS if isinstance(node["value"], types))
    if kind == "function_expression":
        return _OF_FUNCTIONS.get(node["value"])
    if kind == "subexpression" and node["children"][-1]["type"] == "field" and _has_no_members(node["children"][0]):
        return NULL
    if kind in {"pipe", "subexpression"}:
        return _kind(node["children"][-1])
    if kind in {"or_expression", "and_expression"}:
        # Which side it takes depends on the values, so both must be of one kind.
        sides = {_kind(child) for child in node["children"]}
        return sides.pop() if len(sides) == 1 else None
    return _OF_NODES.get(kind)
