"""Retries and forks as the API takes them."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from foundation.contracts.steps.base import MAX_STEPS, Budget, ModelName, StepName, StepOrItemName, Text


class RetryRun(BaseModel):
    """`from` names steps that run again, with all below them and what these lack; else all that did not succeed do."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"from": ["analyse"], "budget": {"cost_usd": "2.50"}}, {}]},
    )

    from_: list[StepOrItemName] = Field(default_factory=list, alias="from", max_length=MAX_STEPS)
    budget: Budget = Field(default=Budget(), description="replaces the run's own, key by key")


class StepOverride(BaseModel):
    """What replaces the members of the same name in the step's definition, each as a whole."""

    model_config = ConfigDict(extra="forbid")

    model: ModelName | None = None
    instructions: Text | None = None
    prompt: Text | None = None
    arguments: dict[str, Any] | None = None
    max_turns: int | None = Field(
        default=None, strict=True, description="of an agent, its turns that are kept included"
    )

    @field_validator("*", mode="before")
    @classmethod
    def _is_no_null(cls, value: object) -> object:
        if value is None:
            raise ValueError("null replaces nothing; leave the member out to keep what the task says")
        return value


class ForkRun(BaseModel):
    """`from` is the step that begins again; an agent after so many of its turns (`turn`), else at its beginning."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"from": "analyse", "overrides": {"analyse": {"model": "default"}}},
                {"from": "gather", "turn": 3, "input": {"topic": "penguins"}, "start": False},
            ]
        },
    )

    from_: StepOrItemName = Field(alias="from")
    turn: int | None = Field(default=None, strict=True, ge=0, le=2**31 - 1)
    input: dict[str, Any] | None = Field(default=None, description="the steps that run read it; null keeps the run's")
    overrides: dict[StepName, StepOverride] = Field(default_factory=dict, max_length=MAX_STEPS)
    budget: Budget = Field(default=Budget(), description="replaces the run's own, key by key")
    start: bool = Field(default=True, strict=True, description="false: the fork is paused until it is resumed")
