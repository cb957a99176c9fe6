from typing import Any
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.page_run_event_view import PageRunEventView
from ...types import UNSET, Unset


def call(
    *,
    limit: int | Unset = 100,
    cursor: str | Unset = UNSET,
    last_event_id: str | Unset = UNSET,
    break_glass_access: UUID | Unset = UNSET,
) -> Call[PageRunEventView]:
    """`list_tenant_events`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(last_event_id, Unset):
        headers["last-event-id"] = last_event_id

    if not isinstance(break_glass_access, Unset):
        headers["Break-Glass-Access"] = break_glass_access

    params: dict[str, Any] = {}

    params["limit"] = limit

    params["cursor"] = cursor

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="GET",
        url="/api/v1/events",
        parse=_parsed,
        params=params,
        headers=headers,
    )


def _parsed(response: httpx.Response) -> PageRunEventView:
    if response.status_code == 200:
        response_200 = PageRunEventView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
