from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.run_view import RunView


def call(
    run_id: UUID,
) -> Call[RunView]:
    """`get_run`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/runs/{run_id}".format(
            run_id=quote(str(run_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> RunView:
    if response.status_code == 200:
        response_200 = RunView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
