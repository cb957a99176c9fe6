"""For how many days after a run's end its content is kept: what a tenant says, and between which bounds."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from foundation.domain.policy.retention import ContentKind, DaysKept, days_kept

MAX_DAYS = 3650

Days = Annotated[int, Field(strict=True, ge=1, le=MAX_DAYS)]
"""At least one: a run can be retried for 23 hours after its end."""


class RetentionPolicy(BaseModel):
    """Days after the end of a run; None for as long as the run is there."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"prompts": 30, "answers": 30, "artifacts": 90}]}
    )

    prompts: Days | None = Field(default=None, description="inputs, requests to models, items of lists, checkpoints")
    answers: Days | None = Field(default=None, description="outputs, answers of models, decisions, checkpoints")
    artifacts: Days | None = Field(default=None, description="files, and results of tools")
    events: Days | None = Field(default=None, description="events and traces")

    def days(self, kind: ContentKind) -> int | None:
        found: int | None = getattr(self, kind.value)
        return found


class DaysBound(BaseModel):
    """How long a kind of content is kept at least, and at most; None for no bound."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"examples": [{"least": 7, "most": 90}]})

    least: Days | None = None
    most: Days | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError("least is not above most")
        return self


class RetentionBounds(BaseModel):
    """The bounds of each kind of content."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompts: DaysBound = DaysBound()
    answers: DaysBound = DaysBound()
    artifacts: DaysBound = DaysBound()
    events: DaysBound = DaysBound()

    def of(self, kind: ContentKind) -> DaysBound:
        found: DaysBound = getattr(self, kind.value)
        return found


def kept(own: RetentionPolicy, bounds: RetentionBounds, kind: ContentKind) -> DaysKept:
    between = bounds.of(kind)
    return days_kept(own.days(kind), least=between.least, most=between.most)


def retention_of(own: Any, bounds: Any) -> tuple[RetentionPolicy, RetentionBounds] | None:
    """Both as a tenant's settings have them; None where one cannot be read, since nothing is removed on a guess."""
    try:
        return RetentionPolicy.model_validate(own or {}), RetentionBounds.model_validate(bounds or {})
    except ValidationError:
        return None
