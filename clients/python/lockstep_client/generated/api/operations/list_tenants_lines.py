from typing import Any
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.list_tenants_lines_fields_item import ListTenantsLinesFieldsItem
from ...models.page_listed_tenants_line import PageListedTenantsLine
from ...models.tenant_id_order import TenantIdOrder
from ...types import UNSET, Unset


def call(
    *,
    tenant_id: UUID | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    sort: TenantIdOrder | Unset = UNSET,
    fields: list[ListTenantsLinesFieldsItem] | Unset = UNSET,
) -> Call[PageListedTenantsLine]:
    """`list_tenants_lines`, unsent."""

    params: dict[str, Any] = {}

    json_tenant_id: str | Unset = UNSET
    if not isinstance(tenant_id, Unset):
        json_tenant_id = str(tenant_id)
    params["tenant_id"] = json_tenant_id

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
        url="/api/v1/operations/resources",
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> PageListedTenantsLine:
    if response.status_code == 200:
        response_200 = PageListedTenantsLine.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
