import httpx

from ...client import Call
from ...errors import UndocumentedAnswer


def call() -> Call[None]:
    """`delete_quota_policy`, unsent."""

    return Call(
        method="DELETE",
        url="/api/v1/quota-policy",
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> None:
    if response.status_code == 204:
        return None

    raise UndocumentedAnswer(response)
