import datetime
from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.audit_outcome import AuditOutcome
from ...models.page_audit_row import PageAuditRow
from ...types import UNSET, Unset


def call(
    *,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    actor: str | Unset = UNSET,
    action: str | Unset = UNSET,
    target: str | Unset = UNSET,
    outcome: AuditOutcome | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    until: datetime.datetime | Unset = UNSET,
) -> Call[PageAuditRow]:
    """`list_audit`, unsent."""

    params: dict[str, Any] = {}

    params["limit"] = limit

    params["cursor"] = cursor

    params["actor"] = actor

    params["action"] = action

    params["target"] = target

    json_outcome: str | Unset = UNSET
    if not isinstance(outcome, Unset):
        json_outcome = outcome.value

    params["outcome"] = json_outcome

    json_since: str | Unset = UNSET
    if not isinstance(since, Unset):
        json_since = since.isoformat()
    params["since"] = json_since

    json_until: str | Unset = UNSET
    if not isinstance(until, Unset):
        json_until = until.isoformat()
    params["until"] = json_until

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="GET",
        url="/api/v1/audit",
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> PageAuditRow:
    if response.status_code == 200:
        response_200 = PageAuditRow.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
