"""The quotas that a tenant sets for itself, in the form that an operator's bounds have too."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from foundation.domain.policy.quotas import Quota, QuotaScope

MAX_QUOTA = 1_000_000_000

MAX_STORED_BYTES = 9_000_000_000_000_000

QuotaSize = Annotated[int, Field(strict=True, ge=0, le=MAX_QUOTA)]
"""0 admits nothing."""
StoredBytes = Annotated[int, Field(strict=True, ge=0, le=MAX_STORED_BYTES)]


class UserQuotas(BaseModel):
    """Of each user, in a day of the tenant's calendar, and of all artifacts; None for no limit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    runs_a_day: QuotaSize | None = None
    agent_turns_a_day: QuotaSize | None = None
    sandbox_seconds_a_day: QuotaSize | None = None
    stored_bytes: StoredBytes | None = None


class TenantQuotas(UserQuotas):
    """Of the tenant as a whole; `open_runs` are runs that are open at once."""

    open_runs: QuotaSize | None = None


class QuotaPolicy(BaseModel):
    """The quotas of the tenant as a whole, and those of each of its users."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"examples": [{"tenant": {"open_runs": 50}, "user": {"agent_turns_a_day": 500}}]},
    )

    tenant: TenantQuotas = TenantQuotas()
    user: UserQuotas = UserQuotas()

    def most(self, scope: QuotaScope, quota: Quota) -> int | None:
        found: int | None = getattr(self.tenant if scope is QuotaScope.TENANT else self.user, quota.value)
        return found


def quota_policy_of(stored: Any) -> QuotaPolicy:
    """The policy in a tenant's settings; without limits where there is none, or one that cannot be read."""
    try:
        return QuotaPolicy.model_validate(stored or {})
    except ValidationError:
        return QuotaPolicy()
