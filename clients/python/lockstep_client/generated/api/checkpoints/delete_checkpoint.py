from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer


def call(
    run_id: UUID,
    name: str,
    turn: int,
) -> Call[None]:
    """`delete_checkpoint`, unsent."""

    return Call(
        method="DELETE",
        url="/api/v1/runs/{run_id}/steps/{name}/checkpoints/{turn}".format(
            run_id=quote(str(run_id), safe=""),
            name=quote(str(name), safe=""),
            turn=quote(str(turn), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> None:
    if response.status_code == 204:
        return None

    raise UndocumentedAnswer(response)
