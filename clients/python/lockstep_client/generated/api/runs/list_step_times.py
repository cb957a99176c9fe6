from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.page_step_times import PageStepTimes
from ...types import UNSET, Unset


def call(
    run_id: UUID,
    *,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    break_glass_access: UUID | Unset = UNSET,
) -> Call[PageStepTimes]:
    """`list_step_times`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(break_glass_access, Unset):
        headers["Break-Glass-Access"] = break_glass_access

    params: dict[str, Any] = {}

    params["limit"] = limit

    params["cursor"] = cursor

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="GET",
        url="/api/v1/runs/{run_id}/times".format(
            run_id=quote(str(run_id), safe=""),
        ),
        parse=_parsed,
        params=params,
        headers=headers,
    )


def _parsed(response: httpx.Response) -> PageStepTimes:
    if response.status_code == 200:
        response_200 = PageStepTimes.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
