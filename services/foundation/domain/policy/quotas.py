"""Quotas: how much of something a tenant, or each of its users, may have at once or begin in a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from foundation.domain.errors import BudgetExceeded, Conflict, QuotaExceeded


class Quota(StrEnum):
    """What is counted: what there is at once, and what begins in a day of UTC."""

    OPEN_RUNS = "open_runs"
    RUNS_A_DAY = "runs_a_day"
    AGENT_TURNS_A_DAY = "agent_turns_a_day"
    SANDBOX_SECONDS_A_DAY = "sandbox_seconds_a_day"
    STORED_BYTES = "stored_bytes"

    @property
    def is_at_once(self) -> bool:
        """Whether it is counted as it stands, so that no day ends it."""
        return self in {Quota.OPEN_RUNS, Quota.STORED_BYTES}

    def in_words(self) -> str:
        return self.value.replace("_", " ")


class QuotaScope(StrEnum):
    """For whom it is counted: the tenant as a whole, or each of its users."""

    TENANT = "tenant"
    USER = "user"


QUOTAS_OF: Mapping[QuotaScope, tuple[Quota, ...]] = {
    QuotaScope.TENANT: (
        Quota.OPEN_RUNS,
        Quota.RUNS_A_DAY,
        Quota.AGENT_TURNS_A_DAY,
        Quota.SANDBOX_SECONDS_A_DAY,
        Quota.STORED_BYTES,
    ),
    QuotaScope.USER: (
        Quota.RUNS_A_DAY,
        Quota.AGENT_TURNS_A_DAY,
        Quota.SANDBOX_SECONDS_A_DAY,
        Quota.STORED_BYTES,
    ),
}


class LimitSource(StrEnum):
    """Whose number holds: the tenant's own, the operator's bound for this tenant, or what the platform allows all."""

    TENANT = "tenant"
    OPERATOR = "operator"
    PLATFORM = "platform"

    def raised_by(self) -> str:
        """Who can give more."""
        match self:
            case LimitSource.TENANT:
                return "whoever holds limits:write in the tenant raises it: PUT /api/v1/quota-policy"
            case LimitSource.OPERATOR:
                return "only an operator of the platform raises it: PUT /api/v1/tenants/{tenant_id}/bounds"
            case LimitSource.PLATFORM:
                return "only who runs the platform raises it"


@dataclass(frozen=True, slots=True)
class QuotaLimit:
    """How much there may be at most, and whose number that is; both None where there is no limit."""

    most: int | None
    set_by: LimitSource | None


def lowest(numbers: Mapping[LimitSource, int | None]) -> QuotaLimit:
    """The smallest number that anybody gave; of equal ones the first."""
    given = [(most, source) for source, most in numbers.items() if most is not None]
    if not given:
        return QuotaLimit(None, None)
    most, source = min(given, key=lambda one: one[0])
    return QuotaLimit(most, source)


@dataclass(frozen=True, slots=True)
class QuotaDay:
    """A day of UTC, and the moment at which the next one begins."""

    day: date
    resets_at: datetime


class QuotaUsedUp(QuotaExceeded):
    """So much has begun today as may; `resets_at` is when the next day begins."""

    code = "quota_used_up"

    def __init__(
        self,
        quota: Quota,
        scope: QuotaScope,
        limit: QuotaLimit,
        *,
        used: int,
        day: QuotaDay,
        now: datetime,
        asked: int = 1,
    ) -> None:
        whose = "the tenant" if scope is QuotaScope.TENANT else "the user"
        wanted = f", and {asked} are asked for" if asked > 1 else ""
        self.reset_text = day.resets_at.isoformat().replace("+00:00", "Z")
        raised = limit.set_by.raised_by() if limit.set_by else "nobody limits it any more"
        super().__init__(
            f"{whose} has used up the quota of {quota.in_words()}: {used} of {limit.most}{wanted}",
            remedy=f"send it again after {self.reset_text}, when it is reset; {raised}",
            retry_after=max(1.0, (day.resets_at - now).total_seconds()),
        )
        self.quota = quota
        self.scope = scope
        self.limit = limit.most
        self.used = used
        self.asked = asked

    def data(self) -> Mapping[str, object]:
        return {
            "quota": self.quota.value,
            "scope": self.scope.value,
            "limit": self.limit,
            "used": self.used,
            "resets_at": self.reset_text,
        }

    def as_spent_budget(self) -> BudgetExceeded:
        """In the form in which a run is paused until there is more."""
        unit = self.quota.value.removesuffix("_a_day")
        limit = self.limit or 0
        return BudgetExceeded(
            self.detail,
            scope=self.scope,
            remaining={unit: max(0, limit - self.used), "resets_at": self.reset_text},
            budget={
                "period": "day",
                "unit": unit,
                "limit": limit,
                "spent": self.used,
                "held": 0,
                "asked": self.asked,
            },
            remedy=self.remedy,
        )


class StorageFull(Conflict):
    """The artifacts of the tenant, or of the user, would take more bytes than they may."""

    code = "storage_full"

    def __init__(self, scope: QuotaScope, limit: QuotaLimit, *, used: int, asked: int) -> None:
        whose = "the tenant" if scope is QuotaScope.TENANT else "the user"
        raised = limit.set_by.raised_by() if limit.set_by else "nobody limits it any more"
        super().__init__(
            f"the artifacts of {whose} take {used} of {limit.most} bytes, and {asked} are to be added",
            remedy=f"delete artifacts (DELETE /api/v1/artifacts/{{id}}), or have them expire sooner "
            f"(PUT /api/v1/retention-policy); {raised}",
        )
        self.scope = scope
        self.limit = limit.most
        self.used = used
        self.asked = asked

    def data(self) -> Mapping[str, object]:
        return {
            "quota": Quota.STORED_BYTES.value,
            "scope": self.scope.value,
            "limit": self.limit,
            "used": self.used,
            "asked": self.asked,
        }
