from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.new_upload import NewUpload
from ...models.upload_view import UploadView


def call(
    *,
    body: NewUpload,
) -> Call[UploadView]:
    """`announce_artifact`, unsent."""
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="POST",
        url="/api/v1/artifacts",
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> UploadView:
    if response.status_code == 201:
        response_201 = UploadView.from_dict(json_of(response))

        return response_201

    raise UndocumentedAnswer(response)
