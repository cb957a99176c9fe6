from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.retry_run import RetryRun
from ...models.run_view import RunView
from ...types import UNSET, Unset


def call(
    run_id: UUID,
    *,
    body: RetryRun | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
    if_match: str | Unset = UNSET,
) -> Call[RunView]:
    """`retry_run`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["idempotency-key"] = idempotency_key

    if not isinstance(if_match, Unset):
        headers["if-match"] = if_match

    _kwargs: dict[str, Any] = {}

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="POST",
        url="/api/v1/runs/{run_id}/retry".format(
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

    raise UndocumentedAnswer(response)
