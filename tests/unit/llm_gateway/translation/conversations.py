"""Random conversations and answers, as strategies."""

import json
from dataclasses import dataclass
from itertools import count, pairwise
from typing import Any

from hypothesis import strategies as st
from provider_wires import Call, Said

TEXT = st.text(max_size=20).filter(lambda text: not text or bool(text.strip()))
"""Texts of blanks only are refused by messages, and are left out."""
_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=8)
)
INPUTS = st.dictionaries(
    st.text(max_size=5),
    st.recursive(
        _SCALARS,
        lambda below: st.one_of(st.lists(below, max_size=2), st.dictionaries(st.text(max_size=3), below, max_size=2)),
        max_leaves=4,
    ),
    max_size=3,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What a user says, what is answered, and what the calls of the answer came to."""

    said: tuple[str, ...]
    answered: str
    calls: tuple[tuple[str, str, dict[str, Any]], ...]
    results: tuple[str, ...]

    def meaning(self) -> list[tuple[Any, ...]]:
        """What must survive, in its order; of empty texts there is nothing to survive."""
        return [
            *(("user", text) for text in self.said if text),
            *([("assistant", self.answered)] if self.answered else []),
            *(("call", *call) for call in self.calls),
            *(("result", call[0], result) for call, result in zip(self.calls, self.results, strict=True)),
        ]


@st.composite
def exchanges(draw: st.DrawFn) -> list[Exchange]:
    """A conversation; its calls have ids of their own."""
    ids = count()
    calls = st.lists(st.tuples(st.sampled_from(["count", "weigh"]), INPUTS), max_size=3)
    return [
        Exchange(
            said=tuple(draw(st.lists(TEXT, max_size=2))),
            answered=draw(TEXT),
            calls=tuple((f"call_{next(ids)}", name, value) for name, value in called),
            results=tuple(draw(TEXT) for _ in called),
        )
        for called in draw(st.lists(calls, max_size=4))
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Streamed:
    """An answer, and how a stream cuts and mixes it."""

    said: Said
    texts: tuple[str, ...]
    fragments: tuple[tuple[int, str], ...]

    def of_call(self, index: int) -> list[str]:
        return [fragment for of, fragment in self.fragments if of == index]


@st.composite
def answers(draw: st.DrawFn, *, reasons: tuple[str, ...] = ("stop", "length", "content_filter")) -> Streamed:
    text = draw(TEXT)
    inputs = draw(st.lists(st.tuples(INPUTS, st.booleans()), max_size=3))
    arguments = [json.dumps(value, ensure_ascii=escaped) for value, escaped in inputs]
    calls = tuple(Call(id=f"call_{n}", name="count", arguments=one) for n, one in enumerate(arguments))
    reason = draw(st.sampled_from(("tool_calls",) if calls else reasons))
    pieces = [draw(cuts_of(one)) for one in arguments]
    order = draw(st.permutations([index for index, cut in enumerate(pieces) for _ in cut]))
    waiting = [iter(cut) for cut in pieces]
    # calls begin in their order, however their fragments mix
    beginning = [(index, next(waiting[index])) for index in range(len(pieces))]
    rest = [(index, fragment) for index in order if (fragment := next(waiting[index], None)) is not None]
    return Streamed(
        said=Said(text=text, calls=calls, finish_reason=reason),
        texts=tuple(draw(cuts_of(text))),
        fragments=(*beginning, *rest),
    )


@st.composite
def cuts_of(draw: st.DrawFn, text: str) -> list[str]:
    """A text in pieces, some of which may be empty; never no piece at all."""
    edges = draw(st.lists(st.integers(0, len(text)), max_size=4))
    return [text[start:end] for start, end in pairwise([*sorted({0, *edges}), len(text)])]
