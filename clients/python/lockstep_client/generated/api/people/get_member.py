from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.member_view import MemberView


def call(
    user_id: UUID,
) -> Call[MemberView]:
    """`get_member`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/members/{user_id}".format(
            user_id=quote(str(user_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> MemberView:
    if response.status_code == 200:
        response_200 = MemberView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
