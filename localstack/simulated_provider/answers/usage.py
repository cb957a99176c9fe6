"""The usage that an answer reports: the truth, or what a fault claims instead."""

from dataclasses import dataclass

from simulated_provider.answers.answer import Answer
from simulated_provider.answers.tokens import NO_CACHE, CacheUse
from simulated_provider.faults.clauses import Faults

_ABSURD = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Usage:
    """`input_tokens` includes what a cache was read or written for, `output_tokens` the reasoning."""

    input_tokens: int
    output_tokens: int
    reasoning_tokens: int = 0
    cache: CacheUse = NO_CACHE


def told_usage(answer: Answer, faults: Faults) -> Usage | None:
    """None when it is left out."""
    if faults.no_usage:
        return None
    if faults.zero_usage:
        return Usage(0, 0)
    output = _ABSURD if faults.absurd_usage else answer.output_tokens
    return Usage(answer.input_tokens, output, answer.reasoning_tokens, answer.cache)
