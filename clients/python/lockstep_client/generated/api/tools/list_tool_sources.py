from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.list_tool_sources_fields_item import ListToolSourcesFieldsItem
from ...models.name_order import NameOrder
from ...models.page_listed_tool_source_summary import PageListedToolSourceSummary
from ...types import UNSET, Unset


def call(
    *,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    sort: NameOrder | Unset = UNSET,
    fields: list[ListToolSourcesFieldsItem] | Unset = UNSET,
) -> Call[PageListedToolSourceSummary]:
    """`list_tool_sources`, unsent."""

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

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="GET",
        url="/api/v1/tool-sources",
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> PageListedToolSourceSummary:
    if response.status_code == 200:
        response_200 = PageListedToolSourceSummary.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
