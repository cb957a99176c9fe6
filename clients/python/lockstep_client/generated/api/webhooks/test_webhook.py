from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.delivery_view import DeliveryView
from ...types import UNSET, Unset


def call(
    webhook_id: UUID,
    *,
    idempotency_key: str | Unset = UNSET,
) -> Call[DeliveryView]:
    """`test_webhook`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["idempotency-key"] = idempotency_key

    return Call(
        method="POST",
        url="/api/v1/webhooks/{webhook_id}/test".format(
            webhook_id=quote(str(webhook_id), safe=""),
        ),
        parse=_parsed,
        headers=headers,
        keyed=True,
    )


def _parsed(response: httpx.Response) -> DeliveryView:
    if response.status_code == 202:
        response_202 = DeliveryView.from_dict(json_of(response))

        return response_202

    raise UndocumentedAnswer(response)
