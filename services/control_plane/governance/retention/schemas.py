"""Retention as the API shows it."""

from pydantic import BaseModel, Field

from foundation.domain.policy.retention import ContentKind, KeptBy


class KeptView(BaseModel):
    """For how long one kind of content is kept."""

    content: ContentKind
    days: int | None = Field(description="after the end of a run; null for as long as the run is there")
    set_by: KeptBy | None = Field(description="whose number it is: the tenant's own, or the operator's bound")


class KeptList(BaseModel):
    """All kinds, so that there is no next page."""

    items: list[KeptView]
    next_cursor: None = None
