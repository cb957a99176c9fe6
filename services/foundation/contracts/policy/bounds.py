"""The bounds that an operator sets for one tenant, within which the tenant chooses."""

from pydantic import BaseModel, ConfigDict, Field

from foundation.contracts.policy.providers import ProviderPolicy
from foundation.contracts.policy.quotas import QuotaPolicy
from foundation.contracts.policy.retention import RetentionBounds


class TenantBounds(BaseModel):
    """What is None, or left out, is not bounded for this tenant."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"examples": [{"quotas": {"tenant": {"open_runs": 200, "runs_a_day": 10000}}}]},
    )

    quotas: QuotaPolicy = Field(default=QuotaPolicy(), description="the most that the tenant's own quotas may be")
    retention: RetentionBounds = Field(
        default=RetentionBounds(), description="for how many days content is kept at least and at most"
    )
    providers: ProviderPolicy | None = Field(
        default=None, description="where the tenant's calls may go at most; null for everywhere"
    )
