from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.new_invitation import NewInvitation
from ...models.new_invitation_view import NewInvitationView


def call(
    *,
    body: NewInvitation,
) -> Call[NewInvitationView]:
    """`create_invitation`, unsent."""
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="POST",
        url="/api/v1/invitations",
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> NewInvitationView:
    if response.status_code == 201:
        response_201 = NewInvitationView.from_dict(json_of(response))

        return response_201

    raise UndocumentedAnswer(response)
