"""What a caller is told about its budgets: what each limited scope has left beside what is committed and held."""

from collections.abc import Iterable

from foundation.domain.money import dollars
from llm_gateway.budget.limits.scopes import ScopeKind
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
    for name, tokens in _least((left.scope, left.tokens) for left in attempt.funded.remaining).items():
        headers.append((_TOKENS[name], str(tokens)))
    for name, nano_usd in _least((left.scope, left.nano_usd) for left in attempt.funded.remaining).items():
        headers.append((_USD[name], dollars(nano_usd)))
    if nearly := attempt.funded.nearly_spent:
        headers.append(
            ("x-lockstep-budget-warning", ", ".join(dict.fromkeys(f"{scope};{period}" for scope, period in nearly)))
        )
    return (*headers, *rate_headers(attempt.funded.rates))


def limit_headers(call: ModelCall) -> tuple[tuple[str, str], ...]:
    """What is known of a call that is funded and has not begun to answer."""
    return answer_headers(call.attempts[-1]) if call.attempts else ()


def error_headers(call: ModelCall) -> tuple[tuple[str, str], ...]:
    """What holds of a call that came to nothing: the limit of its last attempt, or without one what was asked for."""
    if call.attempts:
        return answer_headers(call.attempts[-1])
    most = call.bound.max_output
    if call.request.max_output is None:
        most = min(most, max(target.default_output for target in call.plan.targets))
    return _about_answer(call, most)


def answer_headers(attempt: Attempt) -> tuple[tuple[str, str], ...]:
    """What holds of an answer whenever it is given: how long it may have been, and what was not asked for it."""
    return _about_answer(attempt.call, attempt.max_output)


def _about_answer(call: ModelCall, max_output: int) -> tuple[tuple[str, str], ...]:
    told = ((_MAX_OUTPUT, str(max_output)),)
    left_out = call.plan.widest.left_out
    return (*told, (_LEFT_OUT, ", ".join(left_out))) if left_out else told


def _least(remaining: Iterable[tuple[ScopeKind, int | None]]) -> dict[ScopeKind, int]:
    """What is left by kind of scope, where it is limited: of a run and those above it, the least."""
    least: dict[ScopeKind, int] = {}
    for kind, left in remaining:
        if left is not None:
            least[kind] = min(left, least.get(kind, left))
    return least
