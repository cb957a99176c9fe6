from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.artifact_view import ArtifactView
from ...types import UNSET, Unset


def call(
    artifact_id: UUID,
    *,
    break_glass_access: UUID | Unset = UNSET,
) -> Call[ArtifactView]:
    """`get_artifact`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(break_glass_access, Unset):
        headers["Break-Glass-Access"] = break_glass_access

    return Call(
        method="GET",
        url="/api/v1/artifacts/{artifact_id}".format(
            artifact_id=quote(str(artifact_id), safe=""),
        ),
        parse=_parsed,
        headers=headers,
    )


def _parsed(response: httpx.Response) -> ArtifactView:
    if response.status_code == 200:
        response_200 = ArtifactView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
