"""The claims of a run token: the run and the step that call a model, their lease, and their caps."""

from typing import Self

from pydantic import Field, model_validator

from foundation.contracts.message import Message
from foundation.domain.ids import ApiKeyId, RunId, StepId, TenantId, UserId
from foundation.domain.money import NO_LIMIT, BudgetLimit

MOST_ANCESTORS = 8
"""Each of them is one more scope that every call of the run is counted in."""


class ScopeCaps(Message):
    """The limits of the run and of the step that call, as their task sets them."""

    run: BudgetLimit = NO_LIMIT
    step: BudgetLimit = NO_LIMIT


class Ancestor(Message):
    """A run above the token's own: what its sub-runs cost counts in its budget too."""

    run_id: RunId
    generation: int = Field(ge=1)
    caps: BudgetLimit = NO_LIMIT


class RunClaims(Message):
    """The private claims of a run token (EdDSA JWT, aud=llm_gateway, sub=run, at most 10 minutes).

    `ancestors` are the runs above, outermost first; `user_id` and `api_key_id` are who pays for the run.
    """

    tenant_id: TenantId
    user_id: UserId | None
    run_id: RunId
    step_id: StepId
    generation: int = Field(ge=1)
    fence: int = Field(ge=1)
    caps: ScopeCaps = ScopeCaps()
    ancestors: tuple[Ancestor, ...] = Field(default=(), max_length=MOST_ANCESTORS)
    api_key_id: ApiKeyId | None = None

    @model_validator(mode="after")
    def _each_run_once(self) -> Self:
        runs = [self.run_id, *(ancestor.run_id for ancestor in self.ancestors)]
        if len(set(runs)) < len(runs):
            raise ValueError("a run is named once: the token's own, or one of those above it")
        return self
