"""Finds what an expression reads from its syntax tree, before it ever runs.

Every part of the tree is followed with what it stands on: the whole data, all steps, one step, or a value that a step
or the input gave. Only values may be used; all steps at once, a step's name that is computed, and the data as a whole
are refused, because what they would read cannot be known.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jmespath.functions import Functions

from foundation.contracts.accepted.accepted_json import NotAccepted, accept
from foundation.contracts.expressions.language import ExpressionError, parse, shown
from foundation.domain.words.quoting import quoted

_FUNCTIONS: Mapping[str, Any] = Functions.FUNCTION_TABLE
_IN_ITS_CONTEXT = frozenset({"multi_select_list", "multi_select_dict", "key_val_pair", "comparator", "not_expression"})
_ON_ITS_FIRST = frozenset({"projection", "value_projection", "filter_projection", "index_expression", "flatten"})
_NOTHING_BELOW = frozenset({"index", "slice"})


@dataclass(frozen=True, slots=True)
class _On:
    """What the value of a part of an expression comes from."""

    kind: str
    step: str = ""


_DATA, _STEPS, _VALUE = _On("data"), _On("steps"), _On("value")


ITEM_NAMES = frozenset({"item", "index"})
"""What a step with `foreach` may read besides: its item, and the place of that in the list, from 0."""


def steps_read_by(expression: str, *, more: frozenset[str] = frozenset()) -> frozenset[str]:
    """The names of the steps whose output the expression reads; `ExpressionError` when it is no such expression.

    `more` are the names that may be read besides `input` and `steps`.
    """
    reader = _Reader(expression, more)
    try:
        reader.value(parse(expression), _DATA)
    except RecursionError as error:
        raise ExpressionError(f"{shown(expression)} is nested too deeply") from error
    return frozenset(reader.names)


@dataclass(slots=True)
class _Reader:
    expression: str
    more: frozenset[str]
    names: set[str] = field(default_factory=set)

    def value(self, node: dict[str, Any], on: _On) -> None:
        """Follow a part whose result is used: it must be a value, whichever way it takes."""
        for found in self.follow(node, on):
            if found is not _VALUE:
                raise self._error(_WHOLE[found.kind])

    def follow(self, node: dict[str, Any], on: _On) -> set[_On]:
        """What the part may give."""
        kind, children = node["type"], node["children"]
        if kind in {"current", "identity"}:
            return {on}
        if kind == "field":
            return {self._member(node["value"], on)}
        if kind in {"subexpression", "pipe"}:
            return self._through(children, {on})
        if kind in {"or_expression", "and_expression"}:
            return {found for child in children for found in self.follow(child, on)}
        self._use(node, on)
        return {_VALUE}

    def _use(self, node: dict[str, Any], on: _On) -> None:
        """A part that makes a new value of the values that it uses."""
        kind, children = node["type"], node["children"]
        if kind == "literal":
            self._literal(node["value"])
        elif kind == "function_expression":
            self._call(node, on)
        elif kind in _ON_ITS_FIRST:
            self.value(children[0], on)
            for child in children[1:]:
                self.value(child, _VALUE)
        elif kind in _IN_ITS_CONTEXT:
            for child in children:
                self.value(child, on)
        elif kind == "expref":
            self.value(children[0], _VALUE)  # it is applied to what the function was given
        elif kind in _NOTHING_BELOW and on is not _VALUE:
            raise self._error(_WHOLE[on.kind])
        elif kind not in _NOTHING_BELOW:
            raise self._error(f"has a part that is not known here: {kind}")

    def _through(self, parts: list[dict[str, Any]], on: set[_On]) -> set[_On]:
        for part in parts:
            on = {found for one in on for found in self.follow(part, one)}
        return on

    def _member(self, name: str, on: _On) -> _On:
        if on is _DATA:
            if name not in {"input", "steps", *self.more}:
                raise self._error(f"starts with {quoted(name)}; {self._known()} are known")
            return _STEPS if name == "steps" else _VALUE
        if on is _STEPS:
            return _On("step", name)
        if on.kind == "step":
            if name != "output":
                raise self._error(_WHOLE["step"])
            self.names.add(on.step)
        return _VALUE

    def _known(self) -> str:
        if self.more:
            return "only " + ", ".join(quoted(name) for name in ("input", "steps", *sorted(self.more)))
        return "only 'input' and 'steps' (with `foreach` also 'item' and 'index', but not in `when` and `foreach`)"

    def _call(self, node: dict[str, Any], on: _On) -> None:
        name, given = node["value"], len(node["children"])
        if name not in _FUNCTIONS:
            raise self._error(f"calls {name}(), which is no function of JMESPath")
        signature = _FUNCTIONS[name]["signature"]
        variadic = bool(signature) and bool(signature[-1].get("variadic"))
        if given < len(signature) or (given > len(signature) and not variadic):
            raise self._error(f"calls {name}() with {given} arguments; it takes {len(signature)}")
        for child in node["children"]:
            self.value(child, on)

    def _literal(self, value: Any) -> None:
        try:
            accept(value)
        except NotAccepted as error:
            raise self._error(f"holds a literal that is no JSON: {error.reason}") from error

    def _error(self, why: str) -> ExpressionError:
        return ExpressionError(f"{shown(self.expression)} {why}")


_WHOLE = {
    "data": "reads everything there is; name what it reads: input.… or steps.<name>.output",
    "steps": "reads steps as a whole, or by a name that is computed; write steps.<name>.output",
    "step": "must read steps.<name>.output",
}
