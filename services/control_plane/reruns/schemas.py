"""Retries as the API takes them."""

from pydantic import BaseModel, ConfigDict, Field

from foundation.contracts.steps.base import MAX_STEPS, Budget, StepName


class RetryRun(BaseModel):
    """`from` names the steps that run again, with everything below them; left out, all that did not succeed."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"from": ["analyse"], "budget": {"cost_usd": "2.50"}}, {}]},
    )

    from_: list[StepName] = Field(default_factory=list, alias="from", max_length=MAX_STEPS)
    budget: Budget = Field(default=Budget(), description="replaces the run's own, key by key")
