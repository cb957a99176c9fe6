import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.permission_list import PermissionList


def call() -> Call[PermissionList]:
    """`list_permissions`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/permissions",
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> PermissionList:
    if response.status_code == 200:
        response_200 = PermissionList.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
