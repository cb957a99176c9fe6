from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.new_outcome import NewOutcome
from ...models.outcome_view import OutcomeView


def call(
    run_id: UUID,
    name: str,
    *,
    body: NewOutcome,
) -> Call[OutcomeView]:
    """`decide_outcome`, unsent."""
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="POST",
        url="/api/v1/runs/{run_id}/steps/{name}/outcome".format(
            run_id=quote(str(run_id), safe=""),
            name=quote(str(name), safe=""),
        ),
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> OutcomeView:
    if response.status_code == 200:
        response_200 = OutcomeView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
