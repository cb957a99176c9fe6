import datetime
from typing import Any
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.dimension import Dimension
from ...models.usage_format import UsageFormat
from ...models.usage_page import UsagePage
from ...types import UNSET, Unset


def call(
    *,
    group_by: list[Dimension],
    format_: UsageFormat | Unset = UNSET,
    from_: datetime.date | Unset = UNSET,
    to: datetime.date | Unset = UNSET,
    user_id: UUID | Unset = UNSET,
    api_key_id: UUID | Unset = UNSET,
    run_id: UUID | Unset = UNSET,
    task_id: UUID | Unset = UNSET,
    provider: str | Unset = UNSET,
    model: str | Unset = UNSET,
    route: str | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
) -> Call[UsagePage]:
    """`get_usage`, unsent."""

    params: dict[str, Any] = {}

    json_group_by = []
    for group_by_item_data in group_by:
        group_by_item = group_by_item_data.value
        json_group_by.append(group_by_item)

    params["group_by"] = json_group_by

    json_format_: str | Unset = UNSET
    if not isinstance(format_, Unset):
        json_format_ = format_.value

    params["format"] = json_format_

    json_from_: str | Unset = UNSET
    if not isinstance(from_, Unset):
        json_from_ = from_.isoformat()
    params["from"] = json_from_

    json_to: str | Unset = UNSET
    if not isinstance(to, Unset):
        json_to = to.isoformat()
    params["to"] = json_to

    json_user_id: str | Unset = UNSET
    if not isinstance(user_id, Unset):
        json_user_id = str(user_id)
    params["user_id"] = json_user_id

    json_api_key_id: str | Unset = UNSET
    if not isinstance(api_key_id, Unset):
        json_api_key_id = str(api_key_id)
    params["api_key_id"] = json_api_key_id

    json_run_id: str | Unset = UNSET
    if not isinstance(run_id, Unset):
        json_run_id = str(run_id)
    params["run_id"] = json_run_id

    json_task_id: str | Unset = UNSET
    if not isinstance(task_id, Unset):
        json_task_id = str(task_id)
    params["task_id"] = json_task_id

    params["provider"] = provider

    params["model"] = model

    params["route"] = route

    params["limit"] = limit

    params["cursor"] = cursor

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="GET",
        url="/api/v1/usage",
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> UsagePage:
    if response.status_code == 200:
        response_200 = UsagePage.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
