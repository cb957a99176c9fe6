from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.rate_limits import RateLimits
from ...types import UNSET, Unset


def call(
    *,
    body: RateLimits,
    if_none_match: str | Unset = UNSET,
    if_match: str | Unset = UNSET,
) -> Call[RateLimits]:
    """`put_limits`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["if-none-match"] = if_none_match

    if not isinstance(if_match, Unset):
        headers["if-match"] = if_match

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="PUT",
        url="/api/v1/limits",
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> RateLimits:
    if response.status_code == 200:
        response_200 = RateLimits.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
