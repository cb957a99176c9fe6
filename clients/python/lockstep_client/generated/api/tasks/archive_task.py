from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer


def call(
    task_id: UUID,
) -> Call[None]:
    """`archive_task`, unsent."""

    return Call(
        method="DELETE",
        url="/api/v1/tasks/{task_id}".format(
            task_id=quote(str(task_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> None:
    if response.status_code == 204:
        return None

    raise UndocumentedAnswer(response)
