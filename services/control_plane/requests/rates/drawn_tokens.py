"""Tokens that this process draws ahead, so that most requests are counted without asking anybody."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cachetools import LRUCache

from foundation.cloud.rate_buckets.base import Draw, RateBuckets
from foundation.domain.policy.token_buckets import BucketPolicy, RateLimited

LEASE_SECONDS = 0.1
"""A process draws ahead what a policy lets through in this time, or a tenth of the bucket where that is less."""
_MOST = 20_000
"""Callers whose tokens are remembered; the tokens of one that is forgotten are lost, which lets nobody do more."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket of one caller."""

    name: str
    policy: BucketPolicy


@dataclass(frozen=True, slots=True)
class RateStanding:
    """What a caller may still do under a policy, as far as this process knows.

    In how many seconds all of it is there, or, where nothing is left, the next one.
    """

    policy: BucketPolicy
    left: int
    seconds: float


@dataclass(slots=True)
class _Lease:
    """What this process holds of a bucket, and what it saw in it when it drew from it last."""

    policy: BucketPolicy
    held: int = 0
    seen: int = 0
    seen_at: float = float("-inf")
    empty_until: float = float("-inf")
    """Until then nothing is asked for again: nobody gets a token sooner by asking."""
    drawing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def standing(self, now: float) -> RateStanding:
        if now < self.empty_until and not self.held:
            return RateStanding(self.policy, 0, self.empty_until - now)
        there = min(float(self.policy.burst), self.held + self.seen + (now - self.seen_at) * self.policy.rate)
        left = int(there)
        # As nobody can make do with nothing, then it is the time until there is one.
        lacking = (self.policy.burst if left else 1) - there
        return RateStanding(self.policy, left, lacking / self.policy.rate)


def lease_of(policy: BucketPolicy) -> int:
    """How many tokens are drawn at once."""
    return max(1, int(min(policy.rate * LEASE_SECONDS, policy.burst / 10)))


class DrawnTokens:
    """Takes a token of each of a caller's buckets.

    All processes together let through what a policy says, and at most one lease for each of them more: what they had
    drawn before.
    """

    def __init__(self, buckets: RateBuckets, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._buckets = buckets
        self._clock = clock
        self._leases: LRUCache[str, _Lease] = LRUCache(_MOST)

    async def take(self, buckets: Sequence[Bucket]) -> None:
        """One token of each, or none of any: then `RateLimited`. The widest bucket comes first."""
        leases = [self._lease(bucket) for bucket in buckets]
        if not all(lease.held for lease in leases):
            # The others of the widest bucket wait and find the tokens there, rather than draw as many once more.
            async with leases[0].drawing:
                await self._draw(buckets, leases)
                self._take_held(leases)
        else:
            self._take_held(leases)

    def give_back(self, buckets: Sequence[Bucket]) -> None:
        """Tokens that were taken before it was known whose they are."""
        for bucket in buckets:
            self._lease(bucket).held += 1

    def standings(self, buckets: Sequence[Bucket]) -> list[RateStanding]:
        now = self._clock()
        return [self._lease(bucket).standing(now) for bucket in buckets]

    def _lease(self, bucket: Bucket) -> _Lease:
        lease = self._leases.get(bucket.name)
        if lease is None:
            lease = self._leases[bucket.name] = _Lease(bucket.policy)
        return lease

    async def _draw(self, buckets: Sequence[Bucket], leases: Sequence[_Lease]) -> None:
        now = self._clock()
        lacking = [
            (bucket, lease)
            for bucket, lease in zip(buckets, leases, strict=True)
            if not lease.held and now >= lease.empty_until
        ]
        if not lacking:
            return
        asked = [Draw(bucket.name, bucket.policy, lease_of(bucket.policy)) for bucket, _ in lacking]
        grants = await self._buckets.draw(asked)
        now = self._clock()
        for (_, lease), grant in zip(lacking, grants, strict=True):
            lease.held += grant.taken
            lease.seen, lease.seen_at = grant.left, now
            lease.empty_until = now + grant.wait_seconds

    def _take_held(self, leases: Sequence[_Lease]) -> None:
        empty = [lease for lease in leases if not lease.held]
        if empty:
            now = self._clock()
            raise _refusal([lease.policy for lease in empty], max(lease.empty_until - now for lease in empty))
        for lease in leases:
            lease.held -= 1


def _refusal(policies: Sequence[BucketPolicy], wait_seconds: float) -> RateLimited:
    says = " and ".join(
        f"{policy.rate:g} requests a second, {policy.burst} at once, of one {policy.name}" for policy in policies
    )
    return RateLimited(
        f"no more is let through than {says}",
        policies=tuple(policy.name for policy in policies),
        wait_seconds=wait_seconds,
    )
