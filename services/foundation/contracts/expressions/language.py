"""JMESPath as expressions use it, without the texts that its own parser fails on or reads otherwise than JSON."""

# The library's stubs leave out how its reader works, which is what is refined here.
# mypy: disable-error-code="attr-defined, misc"

import re
from collections.abc import Mapping
from typing import Any, cast

from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions, signature
from jmespath.lexer import Lexer
from jmespath.parser import ParsedResult, Parser
from jmespath.visitor import Options, TreeInterpreter

from foundation.contracts.accepted.accepted_json import Malformed, NotAccepted, parse_json

_MOST_DIGITS = 18
"""Of an index or a part of a slice; no list is nearly so long, and Python refuses to read the longest ones."""

_SHOWN_WHOLE = 200
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
# What the library's functions raise on values that they do not expect; its own errors are not all of them.
_OF_VALUES = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class ExpressionError(ValueError):
    """An expression cannot be read or does not apply; the message quotes it and gives the reason."""


def parse(expression: str) -> dict[str, Any]:
    """The syntax tree; `ExpressionError` when it is no JMESPath."""
    return cast("dict[str, Any]", _parsed(expression).parsed)


def search(expression: str, data: Mapping[str, Any]) -> Any:
    """What the expression gives; `ExpressionError` when it does not apply, `NotAccepted` from a number in a text."""
    parsed = _parsed(expression)
    try:
        return _Interpreter().visit(parsed.parsed, data)
    except NotAccepted:
        raise
    except _Refused as error:
        raise ExpressionError(f"{shown(expression)} {error}") from error
    except (JMESPathError, *_OF_VALUES) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        if isinstance(error, TypeError) and not isinstance(error, JMESPathError):
            reason = "it compares or combines values of kinds that do not go together"
        raise ExpressionError(f"{shown(expression)} does not apply: {reason[:500]}") from error


def shown(expression: str) -> str:
    """The expression as error messages quote it."""
    return f"${{{expression}}}" if len(expression) <= _SHOWN_WHOLE else f"${{{expression[:60]}…}}"


def _parsed(expression: str) -> Any:
    try:
        return _Parser().parse(expression)
    except _Refused as error:
        raise ExpressionError(f"{shown(expression)} {error}") from error
    except RecursionError as error:
        raise ExpressionError(f"${{{expression[:60]}…}} is nested too deeply") from error
    except (JMESPathError, ValueError) as error:
        if "${" in expression:
            why = "holds another ${; an expression does not stand within another, name what is meant by its path"
            raise ExpressionError(f"{shown(expression)} {why}") from error
        reason = str(error).splitlines()[0].rpartition("jmespath expression: ")[2].rstrip(": ")
        raise ExpressionError(f"{shown(expression)} is not JMESPath: {reason[:500]}") from error


class _Refused(Exception):
    """What is wrong with an expression; the message follows the expression's text."""


class _Lexer(Lexer):
    def _consume_number(self) -> str:
        digits: str = super()._consume_number()
        if len(digits.lstrip("-")) > _MOST_DIGITS:
            raise _Refused(f"has an index of {len(digits.lstrip('-'))} digits; at most {_MOST_DIGITS} are read")
        return digits

    def _consume_literal(self) -> dict[str, Any]:
        start = self._position
        text = self._consume_until("`").replace("\\`", "`")
        return {"type": "literal", "value": _literal(text), "start": start, "end": self._position - start}


class _Parser(Parser):
    _CACHE: dict[str, Any] = {}  # noqa: RUF012 - the library's own would hold what it reads otherwise

    def _parse(self, expression: str) -> ParsedResult:
        self._tokens = list(_Lexer().tokenize(expression))
        self._index = 0
        tree = self._expression()
        if self._current_token() != "eof":
            self._error_led_token(self._lookahead_token(0))
        return ParsedResult(expression, tree)

    def _parse_slice_expression(self) -> dict[str, Any]:
        node: dict[str, Any] = super()._parse_slice_expression()
        if node["children"][2] == 0:
            raise _Refused("has a slice whose step is 0; leave it out, or give another")
        return node


def _literal(text: str) -> Any:
    try:
        return parse_json(text)
    except Malformed as error:
        # JMESPath once took a text without its quotes, and still does.
        try:
            return parse_json(f'"{text.lstrip()}"')
        except NotAccepted:
            raise _Refused(f"holds a literal that is no JSON: {error.reason}") from error
    except NotAccepted as error:
        raise _Refused(f"holds a literal that may not be stored: {error}") from error


class _Functions(Functions):
    @signature({"types": []})
    def _func_to_number(self, value: Any) -> Any:
        """Takes a text as a number only where JSON does; Python also reads `1_000` and digits of other scripts."""
        if isinstance(value, str):
            return parse_json(value) if _NUMBER.fullmatch(value) else None
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None


_OPTIONS = Options(custom_functions=_Functions())
_MOST_VISITS = 200_000
"""Of the parts of one expression, counted again for each value that they are applied to: some tenths of a second."""
_MOST_LEAVES = 200_000
"""Of the values that a function or a comparison is given, or gives: texts count by their characters, a part each 16."""


class _Interpreter(TreeInterpreter):
    """Evaluates one expression with a bound on the work: a short one can double what it holds at every step."""

    def __init__(self) -> None:
        super().__init__(_OPTIONS)
        self._visits = 0

    def visit(self, node: Any, *args: Any, **kwargs: Any) -> Any:
        self._visits += 1
        if self._visits > _MOST_VISITS:
            raise _Refused(f"takes more than {_MOST_VISITS} steps to evaluate; let it read less, or use a tool")
        return super().visit(node, *args, **kwargs)

    def visit_function_expression(self, node: Any, value: Any) -> Any:
        given = [self.visit(child, value) for child in node["children"]]
        _check_size(given)
        result = self._functions.call_function(node["value"], given)
        _check_size(result)
        return result

    def visit_comparator(self, node: Any, value: Any) -> Any:
        # The sides are looked at before they are compared, as each may be far larger than what it was made of.
        sides = [self.visit(child, value) for child in node["children"]]
        _check_size(sides)
        known = [{"type": "literal", "value": side, "children": []} for side in sides]
        compared: Any = {**node, "children": known}
        return super().visit_comparator(compared, value)


def _check_size(value: Any) -> None:
    """Refuses a value that is too large to work on, without walking through more of it than may be there."""
    left, waiting = _MOST_LEAVES, [value]
    while waiting:
        one = waiting.pop()
        left -= 1 + (len(one) // 16 if isinstance(one, str) else 0)
        if isinstance(one, Mapping):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
        if left < 0 or len(waiting) > _MOST_LEAVES:
            raise _Refused("makes a value that is too large to work on; let it read less, or use a tool")
