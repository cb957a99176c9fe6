from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.run_comparison import RunComparison


def call(
    run_id: UUID,
    other_id: UUID,
) -> Call[RunComparison]:
    """`diff_runs`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/runs/{run_id}/diff/{other_id}".format(
            run_id=quote(str(run_id), safe=""),
            other_id=quote(str(other_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> RunComparison:
    if response.status_code == 200:
        response_200 = RunComparison.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
