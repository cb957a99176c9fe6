from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.created_at_order import CreatedAtOrder
from ...models.list_members_fields_item import ListMembersFieldsItem
from ...models.page_listed_member import PageListedMember
from ...types import UNSET, Unset


def call(
    *,
    role: str | Unset = UNSET,
    email: str | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    sort: CreatedAtOrder | Unset = UNSET,
    fields: list[ListMembersFieldsItem] | Unset = UNSET,
) -> Call[PageListedMember]:
    """`list_members`, unsent."""

    params: dict[str, Any] = {}

    params["role"] = role

    params["email"] = email

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
        url="/api/v1/members",
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> PageListedMember:
    if response.status_code == 200:
        response_200 = PageListedMember.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
