from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.fork_run import ForkRun
from ...models.run_view import RunView
from ...types import UNSET, Unset


def call(
    run_id: UUID,
    *,
    body: ForkRun,
    idempotency_key: str | Unset = UNSET,
) -> Call[RunView]:
    """`fork_run`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["idempotency-key"] = idempotency_key

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="POST",
        url="/api/v1/runs/{run_id}/fork".format(
            run_id=quote(str(run_id), safe=""),
        ),
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
        keyed=True,
    )


def _parsed(response: httpx.Response) -> RunView:
    if response.status_code == 200:
        response_200 = RunView.from_dict(json_of(response))

        return response_200

    if response.status_code == 201:
        response_201 = RunView.from_dict(json_of(response))

        return response_201

    raise UndocumentedAnswer(response)
