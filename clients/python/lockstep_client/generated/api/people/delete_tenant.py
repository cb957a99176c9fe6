from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.deletion_view import DeletionView
from ...types import UNSET, Unset


def call(
    tenant_id: UUID,
    *,
    confirm: str,
    grace_days: int | Unset = UNSET,
    stop_runs: bool | Unset = False,
) -> Call[DeletionView]:
    """`delete_tenant`, unsent."""

    params: dict[str, Any] = {}

    params["confirm"] = confirm

    params["grace_days"] = grace_days

    params["stop_runs"] = stop_runs

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="DELETE",
        url="/api/v1/tenants/{tenant_id}".format(
            tenant_id=quote(str(tenant_id), safe=""),
        ),
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> DeletionView:
    if response.status_code == 202:
        response_202 = DeletionView.from_dict(json_of(response))

        return response_202

    raise UndocumentedAnswer(response)
