"""One gateway's share of the allowance that a tenant has declared for times when Redis is away."""

from foundation.contracts.gateway.budget_policy import RedisAway
from foundation.domain.money import Amount, nano_usd


def allowance_of(declared: RedisAway, *, gateways: int) -> Amount:
    """The allowance of one of so many gateways."""
    gateways = max(1, gateways)
    return Amount((declared.tokens or 0) // gateways, nano_usd(declared.usd or "0") // gateways)
