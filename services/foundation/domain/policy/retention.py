"""Content expires: what a run was asked, answered, made and told goes some days after its end; its shape stays."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from foundation.domain.errors import LockstepError


class ContentKind(StrEnum):
    """What of a run expires by itself."""

    PROMPTS = "prompts"
    ANSWERS = "answers"
    ARTIFACTS = "artifacts"
    EVENTS = "events"


class KeptBy(StrEnum):
    """Whose number of days holds: the tenant's own, or the operator's bound for this tenant."""

    TENANT = "tenant"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class DaysKept:
    """For how many days after a run's end; both None where it is kept as long as the run."""

    days: int | None
    set_by: KeptBy | None


def days_kept(own: int | None, *, least: int | None, most: int | None) -> DaysKept:
    """The tenant's number, held between the operator's; without one the operator's highest."""
    if own is None:
        return DaysKept(most, None if most is None else KeptBy.OPERATOR)
    if most is not None and own > most:
        return DaysKept(most, KeptBy.OPERATOR)
    if least is not None and own < least:
        return DaysKept(least, KeptBy.OPERATOR)
    return DaysKept(own, KeptBy.TENANT)


Expired = Mapping[ContentKind, datetime]
"""Which kinds of a run's content have expired, and when."""


class ContentExpired(LockstepError):
    """It was there, and is gone for good by the tenant's retention."""

    code = "content_expired"

    def __init__(self, what: str, kind: ContentKind, at: datetime) -> None:
        super().__init__(
            f"{what} expired at {at.isoformat(timespec='seconds')}, as the tenant's retention says",
            remedy="GET /api/v1/retention shows for how long each kind of content is kept; nobody can bring it back",
        )
        self.kind = kind
        self.at = at

    def data(self) -> Mapping[str, object]:
        return {"content": self.kind.value, "expired_at": self.at.isoformat()}
