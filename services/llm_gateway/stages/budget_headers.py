"""The headers about budgets: what each limited scope has left beside what is committed and held."""

from collections.abc import Iterable

from foundation.contracts.gateway.ledger import ScopeKind
from foundation.domain.money import dollars
from llm_gateway.refusals.rate_headers import rate_headers
from llm_gateway.stages.call import Attempt, ModelCall

_MAX_OUTPUT = "x-lockstep-max-output-tokens"
_LEFT_OUT = "x-lockstep-tools-left-out"
_TOKENS = {kind: f"x-lockstep-budget-{kind}-remaining-tokens" for kind in ScopeKind}
_USD = {kind: f"x-lockstep-budget-{kind}-remaining-usd" for kind in ScopeKind}


def budget_headers(attempt: Attempt) -> tuple[tuple[str, str], ...]:
    headers = [
        ("x-lockstep-event-id", attempt.reservation.name),
        ("x-lockstep-attempts", str(attempt.number)),
        ("x-lockstep-bound-tokens", str(attempt.reservation.bound_tokens)),
        ("x-lockstep-bound-usd", dollars(attempt.reservation.bound_nano_usd)),
        ("x-lockstep-bound-kind", attempt.call.bound.kind.value),
        *answer_headers(attempt),
    ]
    if attempt.reservation.is_local:
        headers.append(("x-lockstep-admission", "local"))
    for name, tokens in _least((left.scope, left.tokens) for left in attempt.headroom.remaining).items():
        headers.append((_TOKENS[name], str(tokens)))
    for name, nano_usd in _least((left.scope, left.nano_usd) for left in attempt.headroom.remaining).items():
        headers.append((_USD[name], dollars(nano_usd)))
    if nearly := attempt.headroom.nearly_spent:
        headers.append(
            ("x-lockstep-budget-warning", ", ".join(dict.fromkeys(f"{scope};{period}" for scope, period in nearly)))
        )
    return (*headers, *rate_headers(attempt.headroom.rates))


def limit_headers(call: ModelCall) -> tuple[tuple[str, str], ...]:
    """The headers of a stream whose answer has not begun."""
    return answer_headers(call.attempts[-1]) if call.attempts else ()


def error_headers(call: ModelCall) -> tuple[tuple[str, str], ...]:
    """The headers of a call that failed: the limit of its last attempt, or without one the limit that was asked for."""
    if call.attempts:
        return answer_headers(call.attempts[-1])
    most = call.bound.max_output
    if call.request.max_output is None:
        most = min(most, max(target.default_output for target in call.plan.targets))
    return _output_headers(call, most)


def answer_headers(attempt: Attempt) -> tuple[tuple[str, str], ...]:
    """The headers that an answer also has when it is replayed: its longest length, and tools that were left out."""
    return _output_headers(attempt.call, attempt.max_output)


def _output_headers(call: ModelCall, max_output: int) -> tuple[tuple[str, str], ...]:
    headers = ((_MAX_OUTPUT, str(max_output)),)
    left_out = call.plan.widest.left_out
    return (*headers, (_LEFT_OUT, ", ".join(left_out))) if left_out else headers


def _least(remaining: Iterable[tuple[ScopeKind, int | None]]) -> dict[ScopeKind, int]:
    """What is left by kind of scope; of a run and the runs above it, the least."""
    least: dict[ScopeKind, int] = {}
    for kind, left in remaining:
        if left is not None:
            least[kind] = min(left, least.get(kind, left))
    return least
