"""How long the texts of a step will be, and what its expressions give, as far as that is known before the run."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from foundation.contracts.accepted.accepted_json import DOCUMENT
from foundation.contracts.expressions.evaluation import (
    Expression,
    ExpressionError,
    expressions_in,
    parts_of,
    resolve,
    steps_read_by,
)
from foundation.contracts.expressions.reads import ITEM_NAMES
from foundation.contracts.gateway.call_estimates import TextBytes
from foundation.contracts.steps.agent import CALL_NAMES
from foundation.contracts.steps.agent_tool import CALL_NAME

EVALUATION_SECONDS = 2.0
"""For the expressions of one estimate together; those that are left then count as unknown."""
_MOST_ESCAPED = 6
"""Bytes that one character may take in JSON: a control character is written as \\u0001."""
MOST_TEXT = _MOST_ESCAPED * (DOCUMENT.max_bytes + 4096)
"""Bytes of a text that an expression gives: a larger value than `DOCUMENT` is refused, give or take its members."""
USUAL_TEXT = 32 * 1024
"""Bytes that a text which only the run knows is taken to have in a smooth run."""
_ANY_NAME = ITEM_NAMES | CALL_NAMES | CALL_NAME


@dataclass(frozen=True, slots=True)
class KnownInput:
    """The input of a run, None where it may be any, and until when expressions over it are evaluated."""

    input: Mapping[str, Any] | None
    until: float = field(default_factory=lambda: time.monotonic() + EVALUATION_SECONDS)

    def contexts(self, items: Sequence[Any] | None = None) -> "Contexts":
        """What the expressions of a step read: with `items`, of a step that runs for each of them."""
        if self.input is None:
            return Contexts((), self.until)
        data = {"input": self.input, "steps": {}}
        if items is None:
            return Contexts((data,), self.until)
        return Contexts(tuple({**data, "item": item, "index": index} for index, item in enumerate(items)), self.until)


@dataclass(frozen=True, slots=True)
class Contexts:
    """All that the expressions of a step will read, one for each time that it runs; empty where that is not known."""

    all: tuple[Mapping[str, Any], ...]
    until: float

    def know(self, value: Any) -> bool:
        """Whether every expression in the value can be evaluated now."""
        expressions = [expression for _, expression in expressions_in(value)]
        if not expressions:
            return True
        if not self.all or time.monotonic() > self.until:
            return False
        return not any(isinstance(one, ExpressionError) or _reads_more(one, self.all[0]) for one in expressions)

    def values(self, value: Any, at: str) -> list[Any]:
        """What it gives, once for each time that the step runs, as far as there is time; `ExpressionError`."""
        found: list[Any] = []
        for data in self.all or ({"input": {}, "steps": {}},):
            if found and time.monotonic() > self.until:
                raise OutOfTime
            found.append(resolve(value, data, (at,)))
        return found


class OutOfTime(Exception):
    """The expressions take too long to be evaluated for an estimate."""


def _reads_more(expression: str, data: Mapping[str, Any]) -> bool:
    """Whether it reads what only the run knows: an output of a step, or an item where the list is not known."""
    try:
        return bool(steps_read_by(expression, more=frozenset(data) - {"input", "steps"}))
    except ExpressionError:
        return True


def names_read(value: Any) -> frozenset[str]:
    """The steps whose outputs the expressions of a value read."""
    found: set[str] = set()
    for _, expression in expressions_in(value):
        if isinstance(expression, str):
            found |= steps_read_by(expression, more=_ANY_NAME)
    return frozenset(found)


def bytes_of(text: str, contexts: Contexts, at: str) -> TextBytes:
    """The bytes of a text with its expressions; `ExpressionError` where they will fail with what is known."""
    if contexts.know(text):
        try:
            texts = [_as_text(value, at) for value in contexts.values(text, at)]
        except OutOfTime:
            pass
        else:
            sent = max(_sent(one) for one in texts)
            return TextBytes(least=min(len(one.encode()) for one in texts), most=sent, smooth=sent)
    parts = parts_of(text)
    literal = sum(len(part.encode()) for part in parts if isinstance(part, str))
    unknown = sum(isinstance(part, Expression) for part in parts)
    written = _sent("".join(part for part in parts if isinstance(part, str)))
    return TextBytes(least=literal, most=MOST_TEXT, smooth=min(written + unknown * USUAL_TEXT, MOST_TEXT))


def plus(*sizes: TextBytes) -> TextBytes:
    """Together."""
    mosts = [size.most for size in sizes]
    return TextBytes(
        least=sum(size.least for size in sizes),
        most=None if None in mosts else sum(most for most in mosts if most is not None),
        smooth=sum(size.smooth for size in sizes),
    )


def fixed(document: Any) -> TextBytes:
    """Of what is sent as it is written here, and shown to a model or not."""
    size = len(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode())
    return TextBytes(least=0, most=size, smooth=size)


def _sent(text: str) -> int:
    return len(json.dumps(text, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def _as_text(value: Any, at: str) -> str:
    if value is None:
        raise ExpressionError(f"/{at}: it is null, and a text is needed; write || 'default' within it")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
