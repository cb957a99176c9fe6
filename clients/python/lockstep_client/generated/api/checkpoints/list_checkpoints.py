from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.checkpoint_page import CheckpointPage
from ...types import UNSET, Unset


def call(
    run_id: UUID,
    name: str,
    *,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
) -> Call[CheckpointPage]:
    """`list_checkpoints`, unsent."""

    params: dict[str, Any] = {}

    params["limit"] = limit

    params["cursor"] = cursor

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="GET",
        url="/api/v1/runs/{run_id}/steps/{name}/checkpoints".format(
            run_id=quote(str(run_id), safe=""),
            name=quote(str(name), safe=""),
        ),
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> CheckpointPage:
    if response.status_code == 200:
        response_200 = CheckpointPage.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
