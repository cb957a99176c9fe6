"""What a tenant's steps share, as the API shows it."""

from pydantic import BaseModel, Field


class ResourceView(BaseModel):
    """A resource, or `concurrency:tenant` for the tenant's running steps in all."""

    name: str
    capacity: int | None = Field(description="units that may be taken at once; null for no limit")
    taken: int = Field(description="units that running steps hold now")
    waiting: int = Field(description="steps that stand in line for it")


class ResourceList(BaseModel):
    """All of them, so that there is no next page."""

    items: list[ResourceView]
    next_cursor: None = None
