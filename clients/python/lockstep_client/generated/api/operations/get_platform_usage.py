import datetime
from typing import Any
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.get_platform_usage_group_by_item import GetPlatformUsageGroupByItem
from ...models.usage_format import UsageFormat
from ...models.usage_page import UsagePage
from ...types import UNSET, Unset


def call(
    *,
    group_by: list[GetPlatformUsageGroupByItem],
    from_: datetime.date | Unset = UNSET,
    to: datetime.date | Unset = UNSET,
    tenant_id: UUID | Unset = UNSET,
    provider: str | Unset = UNSET,
    model: str | Unset = UNSET,
    format_: UsageFormat | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
) -> Call[UsagePage]:
    """`get_platform_usage`, unsent."""

    params: dict[str, Any] = {}

    json_group_by = []
    for group_by_item_data in group_by:
        group_by_item = group_by_item_data.value
        json_group_by.append(group_by_item)

    params["group_by"] = json_group_by

    json_from_: str | Unset = UNSET
    if not isinstance(from_, Unset):
        json_from_ = from_.isoformat()
    params["from"] = json_from_

    json_to: str | Unset = UNSET
    if not isinstance(to, Unset):
        json_to = to.isoformat()
    params["to"] = json_to

    json_tenant_id: str | Unset = UNSET
    if not isinstance(tenant_id, Unset):
        json_tenant_id = str(tenant_id)
    params["tenant_id"] = json_tenant_id

    params["provider"] = provider

    params["model"] = model

    json_format_: str | Unset = UNSET
    if not isinstance(format_, Unset):
        json_format_ = format_.value

    params["format"] = json_format_

    params["limit"] = limit

    params["cursor"] = cursor

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="GET",
        url="/api/v1/operations/usage",
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> UsagePage:
    if response.status_code == 200:
        response_200 = UsagePage.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
