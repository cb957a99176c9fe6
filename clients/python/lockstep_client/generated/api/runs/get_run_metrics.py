from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.run_metrics import RunMetrics


def call(
    run_id: UUID,
) -> Call[RunMetrics]:
    """`get_run_metrics`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/runs/{run_id}/metrics".format(
            run_id=quote(str(run_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> RunMetrics:
    if response.status_code == 200:
        response_200 = RunMetrics.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
