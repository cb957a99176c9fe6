"""Token buckets: how fast something may be done, and how much of it at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from foundation.domain.errors import QuotaExceeded


@dataclass(frozen=True, slots=True)
class BucketPolicy:
    """`rate` tokens a second come into a bucket, until it has `burst` of them."""

    name: str
    """As headers, problems and figures name it."""
    rate: float
    burst: int

    @property
    def seconds_to_fill(self) -> float:
        return self.burst / self.rate


@dataclass(frozen=True, slots=True)
class TokenGrant:
    """What was taken from a bucket, what is left in it, and in how many seconds the next token comes where it is 0."""

    taken: int
    left: int
    wait_seconds: float


def draw(policy: BucketPolicy, *, full_at: float, wanted: int, now: float) -> tuple[float, TokenGrant]:
    """Takes as many tokens as there are, at most `wanted`; first of the answer is when the bucket is full again.

    One moment is all that is kept of a bucket (the generic cell rate algorithm): it is full from `full_at` on, and
    before then it lacks what comes until then. `full_at` and `now` are seconds of one clock.
    """
    full_at = max(full_at, now)
    there = int(policy.burst - (full_at - now) * policy.rate + _ROUNDING)
    taken = max(0, min(wanted, there))
    full_at += taken / policy.rate
    lacking = (full_at - now) * policy.rate + 1 - policy.burst
    return full_at, TokenGrant(taken, max(0, there - taken), 0.0 if taken else max(0.0, lacking / policy.rate))


_ROUNDING = 1e-6
"""Tokens; a bucket that is full but for the last digit of a sum is full."""


class RateLimited(QuotaExceeded):
    """Requests come faster than a policy lets them."""

    code = "rate_limited"
    usual_remedy = "wait for as long as Retry-After says, and send fewer requests a second than RateLimit-Policy has"

    def __init__(self, detail: str, *, policies: tuple[str, ...], wait_seconds: float) -> None:
        super().__init__(detail, retry_after=max(1, ceil(wait_seconds)))
        self.policies = policies

    def data(self) -> Mapping[str, object]:
        """Under the name that the draft of the headers has for it."""
        return {**super().data(), "violated-policies": list(self.policies)}
