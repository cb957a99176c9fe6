from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.list_roles_fields_item import ListRolesFieldsItem
from ...models.name_order import NameOrder
from ...models.page_listed_role import PageListedRole
from ...models.permission import Permission
from ...types import UNSET, Unset


def call(
    *,
    permission: Permission | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    sort: NameOrder | Unset = UNSET,
    fields: list[ListRolesFieldsItem] | Unset = UNSET,
) -> Call[PageListedRole]:
    """`list_roles`, unsent."""

    params: dict[str, Any] = {}

    json_permission: str | Unset = UNSET
    if not isinstance(permission, Unset):
        json_permission = permission.value

    params["permission"] = json_permission

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
        url="/api/v1/roles",
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> PageListedRole:
    if response.status_code == 200:
        response_200 = PageListedRole.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
