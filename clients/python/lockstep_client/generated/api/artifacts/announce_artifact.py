from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.new_upload import NewUpload
from ...models.upload_view import UploadView
from ...types import UNSET, Unset


def call(
    *,
    body: NewUpload,
    idempotency_key: str | Unset = UNSET,
) -> Call[UploadView]:
    """`announce_artifact`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["idempotency-key"] = idempotency_key

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="POST",
        url="/api/v1/artifacts",
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
        keyed=True,
    )


def _parsed(response: httpx.Response) -> UploadView:
    if response.status_code == 200:
        response_200 = UploadView.from_dict(json_of(response))

        return response_200

    if response.status_code == 201:
        response_201 = UploadView.from_dict(json_of(response))

        return response_201

    raise UndocumentedAnswer(response)
