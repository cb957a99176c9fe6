"""From which moment on, and before which, the rows of a list are asked for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query

from control_plane.requests.texts import Moment
from foundation.domain.errors import BadRequest, Fault


@dataclass(frozen=True, slots=True)
class MomentRange:
    """A range of moments; an end that is None is open. `BadRequest` where it ends before it begins."""

    first: datetime | None
    end: datetime | None

    def __post_init__(self) -> None:
        if self.first is not None and self.end is not None and self.first > self.end:
            detail = "it is after the moment before which rows are asked for"
            raise BadRequest(f"/query/from: {detail}", faults=(Fault("/query/from", detail),))


async def _asked(
    first: Annotated[Moment | None, Query(alias="from", description="from this moment on")] = None,
    end: Annotated[Moment | None, Query(alias="to", description="before this moment")] = None,
) -> MomentRange:
    return MomentRange(first, end)


AskedRange = Annotated[MomentRange, Depends(_asked)]
"""The parameters `from` and `to`."""
