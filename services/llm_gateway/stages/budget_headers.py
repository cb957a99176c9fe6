"""What a caller is told about its budgets: what each limited scope has left beside what is committed and held."""

from collections.abc import Sequence

from foundation.domain.money import dollars
from llm_gateway.budget.reserving import Remaining
from llm_gateway.budget.scopes import ScopeKind
from llm_gateway.call import Attempt
from llm_gateway.rate_headers import rate_headers


def budget_headers(attempt: Attempt) -> tuple[tuple[str, str], ...]:
    headers = [
        ("x-lockstep-event-id", str(attempt.reservation.reservation_id)),
        ("x-lockstep-attempts", str(attempt.number)),
        ("x-lockstep-bound-tokens", str(attempt.reservation.bound_tokens)),
        ("x-lockstep-bound-usd", dollars(attempt.reservation.bound_nano_usd)),
        ("x-lockstep-bound-kind", attempt.call.bound.kind.value),
    ]
    if attempt.reservation.is_local:
        headers.append(("x-lockstep-admission", "local"))
    for kind in ScopeKind:
        tokens, nano_usd = _least(attempt.funded.remaining, kind)
        if tokens is not None:
            headers.append((f"x-lockstep-budget-{kind}-remaining-tokens", str(tokens)))
        if nano_usd is not None:
            headers.append((f"x-lockstep-budget-{kind}-remaining-usd", dollars(nano_usd)))
    if nearly := attempt.funded.nearly_spent:
        headers.append(
            ("x-lockstep-budget-warning", ", ".join(dict.fromkeys(f"{scope};{period}" for scope, period in nearly)))
        )
    return (*headers, *rate_headers(attempt.funded.rates))


def _least(remaining: Sequence[Remaining], kind: ScopeKind) -> tuple[int | None, int | None]:
    """What is left in the scopes of a kind: of a run and those above it, the least."""
    found = [left for left in remaining if left.scope is kind]
    tokens = [left.tokens for left in found if left.tokens is not None]
    nano_usd = [left.nano_usd for left in found if left.nano_usd is not None]
    return min(tokens, default=None), min(nano_usd, default=None)
