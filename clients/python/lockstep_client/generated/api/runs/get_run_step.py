from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.step_view import StepView
from ...types import UNSET, Unset


def call(
    run_id: UUID,
    name: str,
    *,
    break_glass_access: UUID | Unset = UNSET,
) -> Call[StepView]:
    """`get_run_step`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(break_glass_access, Unset):
        headers["Break-Glass-Access"] = break_glass_access

    return Call(
        method="GET",
        url="/api/v1/runs/{run_id}/steps/{name}".format(
            run_id=quote(str(run_id), safe=""),
            name=quote(str(name), safe=""),
        ),
        parse=_parsed,
        headers=headers,
    )


def _parsed(response: httpx.Response) -> StepView:
    if response.status_code == 200:
        response_200 = StepView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
