from typing import Any
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.dead_letter_status import DeadLetterStatus
from ...models.died_at_order import DiedAtOrder
from ...models.list_tenants_dead_letters_fields_item import (
    ListTenantsDeadLettersFieldsItem,
)
from ...models.page_listed_tenants_dead_letter import PageListedTenantsDeadLetter
from ...types import UNSET, Unset


def call(
    *,
    tenant_id: UUID | Unset = UNSET,
    cause: str | Unset = UNSET,
    status: DeadLetterStatus | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    sort: DiedAtOrder | Unset = UNSET,
    fields: list[ListTenantsDeadLettersFieldsItem] | Unset = UNSET,
) -> Call[PageListedTenantsDeadLetter]:
    """`list_tenants_dead_letters`, unsent."""

    params: dict[str, Any] = {}

    json_tenant_id: str | Unset = UNSET
    if not isinstance(tenant_id, Unset):
        json_tenant_id = str(tenant_id)
    params["tenant_id"] = json_tenant_id

    params["cause"] = cause

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status.value

    params["status"] = json_status

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

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="GET",
        url="/api/v1/operations/dead-letters",
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> PageListedTenantsDeadLetter:
    if response.status_code == 200:
        response_200 = PageListedTenantsDeadLetter.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
