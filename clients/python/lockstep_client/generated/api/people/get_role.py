from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.role_view import RoleView


def call(
    role_id: UUID,
) -> Call[RoleView]:
    """`get_role`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/roles/{role_id}".format(
            role_id=quote(str(role_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> RoleView:
    if response.status_code == 200:
        response_200 = RoleView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
