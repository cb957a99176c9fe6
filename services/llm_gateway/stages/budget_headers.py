"""What a caller is told about its budgets: what each limited scope has left beside what is committed and held."""

from foundation.domain.money import dollars
from llm_gateway.call import Attempt
from llm_gateway.rate_headers import rate_headers


def budget_headers(attempt: Attempt) -> tuple[tuple[str, str], ...]:
    headers = [
        ("x-lockstep-event-id", str(attempt.reservation.reservation_id)),
        ("x-lockstep-attempts", str(attempt.number)),
        ("x-lockstep-bound-tokens", str(attempt.reservation.bound_tokens)),
        ("x-lockstep-bound-usd", dollars(attempt.reservation.bound_nano_usd)),
    ]
    for left in attempt.funded.remaining:
        if left.tokens is not None:
            headers.append((f"x-lockstep-budget-{left.scope}-remaining-tokens", str(left.tokens)))
        if left.nano_usd is not None:
            headers.append((f"x-lockstep-budget-{left.scope}-remaining-usd", dollars(left.nano_usd)))
    if nearly := attempt.funded.nearly_spent:
        headers.append(("x-lockstep-budget-warning", ", ".join(f"{scope};{period}" for scope, period in nearly)))
    return (*headers, *rate_headers(attempt.funded.rates))
