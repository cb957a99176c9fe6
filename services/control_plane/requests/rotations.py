"""The one rule of rotations: what a text was promised when it was replaced, holds until somebody ends it by word."""

from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, Field

from foundation.domain.errors import Conflict


class Rotation(BaseModel):
    """How long the text that it has now is still accepted beside the next one."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"overlap_seconds": 3600}]})

    overlap_seconds: int = Field(default=0, ge=0, le=604_800, strict=True)
    end_overlap: bool = Field(
        default=False, strict=True, description="end the overlap of a rotation before, which is still under way"
    )


class OverlapUnderWay(Conflict):
    """The text before the last rotation is still accepted, as it was promised; only one such text is kept."""

    code = "overlap_under_way"

    def __init__(self, until: datetime) -> None:
        super().__init__(
            f"the text before the last rotation is accepted until {until.isoformat()}; another one would end that now",
            remedy="rotate it after that, or send end_overlap=true if nobody needs that text any more",
        )


def require_no_overlap(until: datetime | None, wanted: Rotation) -> None:
    """`until` is when the overlap of the last rotation ends, if it had one."""
    if until is not None and until > datetime.now(UTC) and not wanted.end_overlap:
        raise OverlapUnderWay(until)
