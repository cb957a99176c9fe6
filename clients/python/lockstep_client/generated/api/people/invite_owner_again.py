from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.new_invitation_view import NewInvitationView


def call(
    tenant_id: UUID,
) -> Call[NewInvitationView]:
    """`invite_owner_again`, unsent."""

    return Call(
        method="POST",
        url="/api/v1/tenants/{tenant_id}/owner-invitation".format(
            tenant_id=quote(str(tenant_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> NewInvitationView:
    if response.status_code == 200:
        response_200 = NewInvitationView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
