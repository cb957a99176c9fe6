"""Refuses to delete what something still uses, and says what, unless the caller wants it gone all the same."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import Query

from foundation.domain.errors import Conflict
from foundation.domain.ids import TenantId, UserId
from foundation.domain.words.quoting import quoted
from foundation.storage import uses as uses_of
from foundation.storage.session.database import Transaction
from foundation.storage.uses import Use

SHOWN_USES = 20

WhileUsed = Annotated[
    bool, Query(description="true: delete it although something uses it, which then fails where it needs it")
]


class InUse(Conflict):
    """Something that may still be run names it; `used_by` are some of those, and `more` whether there are more."""

    code = "in_use"

    def __init__(self, noun: str, uses: Sequence[Use]) -> None:
        first = uses[0]
        others = len(uses) - 1
        further = "" if not others else " and 1 more" if others == 1 else f" and {others} more"
        if len(uses) > SHOWN_USES:
            further = f" and at least {SHOWN_USES} more"
        super().__init__(
            f"the {noun} is used by the {first.kind} {quoted(first.name)}{further}",
            remedy="change what uses it, or send while_used=true: then that fails where it needs it",
        )
        self.uses = uses

    def data(self) -> Mapping[str, object]:
        shown = [use.document() for use in self.uses[:SHOWN_USES]]
        return {"used_by": shown, "more": len(self.uses) > SHOWN_USES}


async def starts_as(
    tx: Transaction, tenant_id: TenantId, user_id: UserId, *, noun: str, while_used: bool
) -> dict[str, object]:
    """What starts runs as a member who goes, for the audit; `InUse` where there is any, unless it may fail."""
    uses = await uses_of.of_starter(tx, tenant_id, user_id, most=SHOWN_USES + 1)
    if not while_used:
        require_unused(noun, uses)
    if not uses:
        return {}
    return {"used_by": [use.document() for use in uses[:SHOWN_USES]], "more": len(uses) > SHOWN_USES}


def require_unused(noun: str, uses: Sequence[Use]) -> None:
    """`InUse` where there are any; of `SHOWN_USES` and one more that were looked for."""
    if uses:
        raise InUse(noun, uses)
