"""The answer to a request: what was generated as far as the limits allow it, why it ends, and its tokens."""

from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise

from simulated_provider.answers.generation import ToolCall, generate
from simulated_provider.answers.request import ModelRequest
from simulated_provider.answers.tokens import NO_CACHE, SEARCH_TOKENS, CacheUse, count_request, count_text, fitting
from simulated_provider.faults.clauses import Faults
from simulated_provider.scripts.turns import Turn

_DEFAULT_CHUNKS = 10


class Finish(Enum):
    """Why an answer ended."""

    STOP = "stop"
    LENGTH = "length"
    TOOL_CALLS = "tool_calls"
    STOP_SEQUENCE = "stop_sequence"


@dataclass(frozen=True, slots=True)
class Answer:
    """One choice (all `choices` are the same) and the tokens of all of them; `pieces` joined are the text.

    `output_tokens` includes `reasoning_tokens`, as `input_tokens` includes what a cache was read or written for.
    """

    model: str
    input_tokens: int
    output_tokens: int = 0
    reasoning_tokens: int = 0
    thinking: str = ""
    pieces: tuple[str, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    finish: Finish = Finish.STOP
    stop_sequence: str | None = None
    choices: int = 1
    cache: CacheUse = NO_CACHE
    searches: int = 0

    @property
    def text(self) -> str:
        return "".join(self.pieces)


def answer_to(request: ModelRequest, *, scripts: dict[str, tuple[Turn, ...]], faults: Faults) -> Answer:
    """Answer a request; the same request always gets the same answer."""
    if faults.unlimited:
        request = replace(request, limit=None)
    generation = generate(request, scripts=scripts, faults=faults)
    thinking = _within(_least(request.thinking_limit, request.limit), generation.thinking)
    thought = count_text(thinking)
    text, stopped_by = _stopped(generation.text, request.stop)
    calls = generation.tool_calls if stopped_by is None else ()
    left = None if request.limit is None else request.limit - thought
    finish = Finish.TOOL_CALLS if calls else Finish.STOP if stopped_by is None else Finish.STOP_SEQUENCE
    if left is not None and count_text(text) + sum(map(_call_tokens, calls)) > left:
        text, calls, finish, stopped_by = fitting(text, left), (), Finish.LENGTH, None
    tokens = thought + count_text(text) + sum(map(_call_tokens, calls))
    return Answer(
        model=f"simulated/{request.model}",
        # The model reads the whole request again after each search, with the results of the searches.
        input_tokens=(request.searches + 1) * (count_request(request.body) + request.searches * SEARCH_TOKENS),
        output_tokens=tokens * request.choices,
        reasoning_tokens=thought * request.choices,
        thinking=thinking,
        pieces=pieces_of(text, faults.chunks or _DEFAULT_CHUNKS),
        tool_calls=calls,
        finish=finish,
        stop_sequence=stopped_by,
        choices=request.choices,
        cache=request.cache,
        searches=request.searches,
    )


def pieces_of(text: str, wanted: int) -> tuple[str, ...]:
    """Split a text into `wanted` pieces of about the same length, or into its characters if it has fewer."""
    count = min(wanted, len(text))
    ends = [len(text) * number // count for number in range(count + 1)] if count else []
    return tuple(text[begin:end] for begin, end in pairwise(ends))


def _stopped(text: str, stop: tuple[str, ...]) -> tuple[str, str | None]:
    """The text before the stop sequence that comes first, and that sequence; None without one."""
    places = [(text.index(sequence), sequence) for sequence in stop if sequence and sequence in text]
    if not places:
        return text, None
    at, sequence = min(places)
    return text[:at], sequence


def _within(limit: int | None, text: str) -> str:
    return text if limit is None else fitting(text, limit)


def _least(*limits: int | None) -> int | None:
    known = [limit for limit in limits if limit is not None]
    return min(known) if known else None


def _call_tokens(call: ToolCall) -> int:
    return count_text(call.name) + count_text(call.arguments)
