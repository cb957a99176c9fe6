"""The usage that an answer reports: the true one, or the false one that a fault asks for."""

from dataclasses import dataclass

from simulated_provider.answers.answer import Answer
from simulated_provider.answers.tokens import NO_CACHE, CacheUse
from simulated_provider.faults.clauses import Faults

_ABSURD = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens; `input_tokens` includes those of the cache, `output_tokens` those of the reasoning."""

    input_tokens: int
    output_tokens: int
    reasoning_tokens: int = 0
    cache: CacheUse = NO_CACHE


def reported_usage(answer: Answer, faults: Faults) -> Usage | None:
    """The usage to report; None if the fault leaves it out."""
    if faults.no_usage:
        return None
    if faults.zero_usage:
        return Usage(0, 0)
    output = _ABSURD if faults.absurd_usage else answer.output_tokens
    return Usage(answer.input_tokens, output, answer.reasoning_tokens, answer.cache)
