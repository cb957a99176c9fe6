"""The small faults: each is one change of one place in the syntax tree of a function.

What runs at import is left alone: its numbers are limits and sizes, which the page of limits holds, and its rules are
tables, where such a change says little.
"""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
    ast.Mod: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
_LOOKS_ONLY = {"debug", "info", "warning", "error", "exception", "overload"}


@dataclass(frozen=True, slots=True)
class Fault:
    """The `number`th change that can be made to a module."""

    number: int
    line: int
    function_line: int
    """The first line of the function that has it, decorators included."""
    before: str
    after: str


def faults_of(source: str) -> list[Fault]:
    """Every change that can be made, in the order of the source."""
    tree = ast.parse(source)
    return [
        Fault(number, at.node.lineno, at.function_line, _text(at.node), _text(at.changed))
        for number, at in enumerate(_places(tree))
    ]


def mutated(source: str, number: int) -> ast.Module:
    """The module with one change, every line where it was."""
    tree = ast.parse(source)
    at = next(place for index, place in enumerate(_places(tree)) if index == number)
    field, index = at.slot
    if index is None:
        setattr(at.parent, field, at.changed)
    else:
        getattr(at.parent, field)[index] = at.changed
    return ast.fix_missing_locations(tree)


@dataclass(frozen=True, slots=True)
class _Place:
    parent: ast.AST
    slot: tuple[str, int | None]
    node: ast.expr | ast.stmt
    changed: ast.expr | ast.stmt
    function_line: int


def _places(tree: ast.Module) -> Iterator[_Place]:
    yield from _within(tree, None)


def _within(parent: ast.AST, function_line: int | None) -> Iterator[_Place]:
    for slot, node in _children(parent):
        if _is_left_alone(slot[0], node):
            continue
        if function_line is not None and isinstance(node, ast.expr | ast.stmt):
            for changed in _changes(node):
                yield _Place(parent, slot, node, ast.copy_location(changed, node), function_line)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            yield from _within(node, first)
        else:
            yield from _within(node, function_line)


def _children(parent: ast.AST) -> Iterator[tuple[tuple[str, int | None], ast.AST]]:
    for field, value in ast.iter_fields(parent):
        if isinstance(value, ast.AST):
            yield (field, None), value
        elif isinstance(value, list):
            for index, one in enumerate(value):
                if isinstance(one, ast.AST):
                    yield (field, index), one


def _is_left_alone(field: str, node: ast.AST) -> bool:
    """Types, decorators, docstrings, log lines and texts of errors: no test should hold their words.

    Nor what a port only promises: its functions have no body, so nobody runs them, and their defaults hold nothing.
    """
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _is_a_promise(node):
        return True
    if field in {"annotation", "returns", "decorator_list", "bases"} or isinstance(node, ast.JoinedStr):
        return True
    if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
        return True
    return isinstance(node, ast.expr) and _only_looks(node)


def _is_a_promise(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    last = function.body[-1]
    return isinstance(last, ast.Expr) and isinstance(last.value, ast.Constant) and last.value.value is ...


def _changes(node: ast.expr | ast.stmt) -> Iterator[ast.expr | ast.stmt]:
    if isinstance(node, ast.stmt):
        yield from _changes_of_statement(node)
    else:
        yield from _changes_of_value(node)


def _changes_of_value(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.Compare(ops=[op]) if type(op) in _COMPARISONS:
            yield ast.Compare(node.left, [_COMPARISONS[type(op)]()], node.comparators)
        case ast.BoolOp(op=ast.And()):
            yield ast.BoolOp(ast.Or(), node.values)
        case ast.BoolOp(op=ast.Or()):
            yield ast.BoolOp(ast.And(), node.values)
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.BinOp() if type(node.op) in _OPERATORS:
            yield ast.BinOp(node.left, _OPERATORS[type(node.op)](), node.right)
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value + 1)
        case ast.IfExp() if not _is_changed_itself(node.test):
            yield ast.IfExp(node.test, node.orelse, node.body)


def _changes_of_statement(node: ast.stmt) -> Iterator[ast.stmt]:
    match node:
        case ast.If() if not _is_changed_itself(node.test):
            yield ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
        case ast.Return(value=value) if value is not None and not isinstance(value, ast.Constant):
            yield ast.Return(ast.Constant(None))
        case ast.Raise() | ast.AugAssign() | ast.Continue() | ast.Break():
            yield ast.Pass()
        case ast.Expr(value=ast.Call() as call) if not _only_looks(call):
            yield ast.Pass()


def _is_changed_itself(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp)


def _only_looks(call: ast.expr) -> bool:
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in _LOOKS_ONLY


def _text(node: ast.AST) -> str:
    """The first line of it as source."""
    return ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).partition("\n")[0][:100]
