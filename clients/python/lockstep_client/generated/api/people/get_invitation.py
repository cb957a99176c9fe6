from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.invitation_view import InvitationView


def call(
    invitation_id: UUID,
) -> Call[InvitationView]:
    """`get_invitation`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/invitations/{invitation_id}".format(
            invitation_id=quote(str(invitation_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> InvitationView:
    if response.status_code == 200:
        response_200 = InvitationView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
