from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer


def call(
    invitation_id: UUID,
) -> Call[None]:
    """`revoke_invitation`, unsent."""

    return Call(
        method="DELETE",
        url="/api/v1/invitations/{invitation_id}".format(
            invitation_id=quote(str(invitation_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> None:
    if response.status_code == 204:
        return None

    raise UndocumentedAnswer(response)
