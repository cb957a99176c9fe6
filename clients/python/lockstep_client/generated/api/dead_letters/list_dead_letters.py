from typing import Any
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.dead_letter_status import DeadLetterStatus
from ...models.died_at_order import DiedAtOrder
from ...models.list_dead_letters_fields_item import ListDeadLettersFieldsItem
from ...models.page_listed_dead_letter import PageListedDeadLetter
from ...types import UNSET, Unset


def call(
    *,
    cause: str | Unset = UNSET,
    status: DeadLetterStatus | Unset = UNSET,
    run_id: UUID | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    sort: DiedAtOrder | Unset = UNSET,
    fields: list[ListDeadLettersFieldsItem] | Unset = UNSET,
    break_glass_access: UUID | Unset = UNSET,
) -> Call[PageListedDeadLetter]:
    """`list_dead_letters`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(break_glass_access, Unset):
        headers["Break-Glass-Access"] = break_glass_access

    params: dict[str, Any] = {}

    params["cause"] = cause

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status.value

    params["status"] = json_status

    json_run_id: str | Unset = UNSET
    if not isinstance(run_id, Unset):
        json_run_id = str(run_id)
    params["run_id"] = json_run_id

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
        url="/api/v1/dead-letters",
        parse=_parsed,
        params=params,
        headers=headers,
    )


def _parsed(response: httpx.Response) -> PageListedDeadLetter:
    if response.status_code == 200:
        response_200 = PageListedDeadLetter.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
