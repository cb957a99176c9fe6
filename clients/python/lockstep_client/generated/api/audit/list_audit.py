import datetime
from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.audit_outcome import AuditOutcome
from ...models.id_order import IdOrder
from ...models.list_audit_fields_item import ListAuditFieldsItem
from ...models.page_listed_audit_row import PageListedAuditRow
from ...types import UNSET, Unset


def call(
    *,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    sort: IdOrder | Unset = UNSET,
    fields: list[ListAuditFieldsItem] | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    until: datetime.datetime | Unset = UNSET,
    actor: str | Unset = UNSET,
    action: str | Unset = UNSET,
    target: str | Unset = UNSET,
    outcome: AuditOutcome | Unset = UNSET,
    from_: datetime.datetime | Unset = UNSET,
    to: datetime.datetime | Unset = UNSET,
) -> Call[PageListedAuditRow]:
    """`list_audit`, unsent."""

    params: dict[str, Any] = {}

    params["limit"] = limit

    params["cursor"] = cursor

    json_sort: str | Unset = UNSET
    if not isinstance(sort, Unset):
        json_sort = sort.value

    params["sort"] = json_sort

    json_fields: list[str] | Unset = UNSET
    if not isinstance(fields, Unset):
        json_fields = []
        for fields_item_data in fields:
            fields_item = fields_item_data.value
            json_fields.append(fields_item)

    params["fields"] = json_fields

    json_since: str | Unset = UNSET
    if not isinstance(since, Unset):
        json_since = since.isoformat()
    params["since"] = json_since

    json_until: str | Unset = UNSET
    if not isinstance(until, Unset):
        json_until = until.isoformat()
    params["until"] = json_until

    params["actor"] = actor

    params["action"] = action

    params["target"] = target

    json_outcome: str | Unset = UNSET
    if not isinstance(outcome, Unset):
        json_outcome = outcome.value

    params["outcome"] = json_outcome

    json_from_: str | Unset = UNSET
    if not isinstance(from_, Unset):
        json_from_ = from_.isoformat()
    params["from"] = json_from_

    json_to: str | Unset = UNSET
    if not isinstance(to, Unset):
        json_to = to.isoformat()
    params["to"] = json_to

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="GET",
        url="/api/v1/audit",
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> PageListedAuditRow:
    if response.status_code == 200:
        response_200 = PageListedAuditRow.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
