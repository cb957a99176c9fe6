from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.explanation import Explanation


def call(
    run_id: UUID,
) -> Call[Explanation]:
    """`explain_run`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/runs/{run_id}/explain".format(
            run_id=quote(str(run_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> Explanation:
    if response.status_code == 200:
        response_200 = Explanation.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
