from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.called_view import CalledView


def call(
    tenant_id: UUID,
    trigger_id: UUID,
    *,
    body: Any,
    webhook_id: str,
    webhook_timestamp: str,
    webhook_signature: str,
) -> Call[CalledView]:
    """`call_trigger`, unsent."""
    headers: dict[str, Any] = {}
    headers["webhook-id"] = webhook_id

    headers["webhook-timestamp"] = webhook_timestamp

    headers["webhook-signature"] = webhook_signature

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body

    headers["Content-Type"] = "application/json"

    return Call(
        method="POST",
        url="/api/v1/trigger-calls/{tenant_id}/{trigger_id}".format(
            tenant_id=quote(str(tenant_id), safe=""),
            trigger_id=quote(str(trigger_id), safe=""),
        ),
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> CalledView:
    if response.status_code == 200:
        response_200 = CalledView.from_dict(json_of(response))

        return response_200

    if response.status_code == 201:
        response_201 = CalledView.from_dict(json_of(response))

        return response_201

    raise UndocumentedAnswer(response)
