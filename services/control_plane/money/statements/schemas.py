"""Monthly statements as the API shows them."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from fastapi import Path
from pydantic import BaseModel, Field

from foundation.contracts.accepted.sentences import WrittenAs
from foundation.domain.ids import TaskId, TenantId, UserId
from foundation.domain.money import dollars
from foundation.storage.ledger.months import StatedGroup, StatedSums

MAX_STATEMENT_LINES = 500
"""Lines by model, by user and by task, each; what comes after them is one line that says how many it adds up."""

Month = Annotated[
    str,
    Path(description="such as 2026-11", examples=["2026-11"]),
    WrittenAs(r"^20[0-9]{2}-(0[1-9]|1[0-2])$", "a month is needed, as in 2026-11"),
]


class StatementFormat(StrEnum):
    """What a statement is written as."""

    JSON = "json"
    PDF = "pdf"


class NotFinal(StrEnum):
    """Why a month's figures may still change."""

    MONTH_OPEN = "month_open"
    SETTLING = "settling"
    OPEN_RUNS = "open_runs"
    BOUND_CHARGES = "bound_charges"


class StatementSums(BaseModel):
    """`total_usd` is `charged_usd` and `corrected_usd` together, to the nano-dollar what the ledger has."""

    attempts: int = Field(description="calls to providers, failed ones included")
    adjustments: int = Field(description="later corrections")
    tokens: int
    charged_usd: str = Field(description="what the attempts cost when they were settled")
    corrected_usd: str = Field(description="what later corrections added, or took back where it is negative")
    total_usd: str

    @classmethod
    def of(cls, sums: StatedSums) -> Self:
        return cls(
            attempts=sums.attempts,
            adjustments=sums.adjustments,
            tokens=sums.total_tokens,
            charged_usd=dollars(sums.charged),
            corrected_usd=dollars(sums.corrected),
            total_usd=dollars(sums.total),
        )


class StatementLine(StatementSums):
    """The sums of one model, user, task or day; what does not group it is null, as is a task for calls outside runs."""

    provider: str | None = None
    model: str | None = None
    user_id: UserId | None = None
    user: str | None = Field(default=None, description="the user's address, while they are a member")
    task_id: TaskId | None = None
    task: str | None = Field(default=None, description="the task's name now")
    day: date | None = None


class OtherLines(StatementSums):
    """The lines that are not listed, added up."""

    lines: int


class StatementLines(BaseModel):
    """The dearest lines, and the sums of the others, if there are any."""

    items: list[StatementLine]
    others: OtherLines | None

    @classmethod
    def of(cls, groups: Sequence[StatedGroup], lines: list[StatementLine]) -> Self:
        """`lines` are those of the first groups."""
        left = groups[len(lines) :]
        if not left:
            return cls(items=lines, others=None)
        others = OtherLines(
            lines=len(left),
            attempts=sum(one.sums.attempts for one in left),
            adjustments=sum(one.sums.adjustments for one in left),
            tokens=sum(one.sums.total_tokens for one in left),
            charged_usd=dollars(sum(one.sums.charged for one in left)),
            corrected_usd=dollars(sum(one.sums.corrected for one in left)),
            total_usd=dollars(sum(one.sums.total for one in left)),
        )
        return cls(items=lines, others=others)


class StatementSummary(BaseModel):
    """A month of the tenant's calendar in the ledger. While it is not `final`, `not_final_because` says why."""

    month: str
    first_day: date
    last_day: date
    final: bool
    not_final_because: list[NotFinal]
    sums: StatementSums
    uncorrected_bounds: int = Field(description="attempts at their bound, since nobody has told yet what they used")
    last_correction_at: datetime | None


class MonthlyStatement(StatementSummary):
    """What a month cost, as the ledger had it at `as_of`."""

    tenant_id: TenantId
    tenant: str
    time_zone: str
    as_of: datetime
    by_model: StatementLines
    by_user: StatementLines
    by_task: StatementLines
    by_day: StatementLines


def ids_of(lines: Sequence[StatedGroup], name: str) -> list[UUID]:
    """The ids that these groups have in common under this name."""
    return [value for one in lines if (value := getattr(one, name)) is not None]
