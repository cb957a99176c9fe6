from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer


def call(
    artifact_id: UUID,
) -> Call[None]:
    """`delete_artifact`, unsent."""

    return Call(
        method="DELETE",
        url="/api/v1/artifacts/{artifact_id}".format(
            artifact_id=quote(str(artifact_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> None:
    if response.status_code == 204:
        return None

    raise UndocumentedAnswer(response)
