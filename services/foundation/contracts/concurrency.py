"""How much of a tenant's work runs at once: its steps in all, and the units of named resources."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from foundation.contracts.accepted.sentences import WrittenAs

MAX_UNITS = 10_000
MAX_RESOURCES = 100
SHIPPED_CAPACITIES: Mapping[str, int] = {"browser": 2}
"""The units of the resources that every tenant has, where it sets no others."""

ResourceName = Annotated[
    str,
    WrittenAs(
        r"^[a-z][a-z0-9_-]{0,31}$",
        "a name begins with a letter from a to z and has such letters, digits, _ and -, 32 in all",
    ),
]
Units = Annotated[int, Field(strict=True, ge=1, le=MAX_UNITS)]


class ConcurrencyPolicy(BaseModel):
    """What a tenant lets run at once, over all workers; None for no limit on its steps.

    `resources` are capacities by name: of the shipped resources, and of such as the tenant names itself.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"steps": 20, "resources": {"browser": 4}}]}
    )

    steps: Units | None = None
    resources: dict[ResourceName, Units] = Field(default_factory=dict, max_length=MAX_RESOURCES)

    def capacities(self) -> dict[str, int]:
        """The units of every resource that the tenant's steps may take."""
        return {**SHIPPED_CAPACITIES, **self.resources}
