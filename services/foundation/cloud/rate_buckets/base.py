"""The port behind rate limits: buckets that fill by themselves and are taken from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from foundation.domain.policy.token_buckets import BucketPolicy, TokenGrant


@dataclass(frozen=True, slots=True)
class Draw:
    """As many tokens as a bucket has, at most `wanted`; one that nobody has taken from is full."""

    bucket: str
    policy: BucketPolicy
    wanted: int


class RateBuckets(Protocol):
    """Raises `DependencyUnavailable` when the buckets cannot be asked."""

    async def draw(self, draws: Sequence[Draw]) -> list[TokenGrant]:
        """A grant for each, in their order, in one round trip; the buckets have one hash tag."""
        ...
