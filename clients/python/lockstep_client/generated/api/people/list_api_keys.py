from typing import Any
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.created_at_order import CreatedAtOrder
from ...models.list_api_keys_fields_item import ListApiKeysFieldsItem
from ...models.page_listed_key import PageListedKey
from ...types import UNSET, Unset


def call(
    *,
    user_id: UUID | Unset = UNSET,
    usable: bool | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    sort: CreatedAtOrder | Unset = UNSET,
    fields: list[ListApiKeysFieldsItem] | Unset = UNSET,
) -> Call[PageListedKey]:
    """`list_api_keys`, unsent."""

    params: dict[str, Any] = {}

    json_user_id: str | Unset = UNSET
    if not isinstance(user_id, Unset):
        json_user_id = str(user_id)
    params["user_id"] = json_user_id

    params["usable"] = usable

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
        url="/api/v1/api-keys",
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> PageListedKey:
    if response.status_code == 200:
        response_200 = PageListedKey.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
