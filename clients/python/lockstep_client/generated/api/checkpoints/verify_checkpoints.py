from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.verification import Verification


def call(
    run_id: UUID,
    name: str,
) -> Call[Verification]:
    """`verify_checkpoints`, unsent."""

    return Call(
        method="POST",
        url="/api/v1/runs/{run_id}/steps/{name}/checkpoints/verify".format(
            run_id=quote(str(run_id), safe=""),
            name=quote(str(name), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> Verification:
    if response.status_code == 200:
        response_200 = Verification.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
