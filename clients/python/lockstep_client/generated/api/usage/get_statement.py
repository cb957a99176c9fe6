from typing import Any
from urllib.parse import quote

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.monthly_statement import MonthlyStatement
from ...models.statement_format import StatementFormat
from ...types import UNSET, Unset


def call(
    month: str,
    *,
    format_: StatementFormat | Unset = UNSET,
) -> Call[MonthlyStatement]:
    """`get_statement`, unsent."""

    params: dict[str, Any] = {}

    json_format_: str | Unset = UNSET
    if not isinstance(format_, Unset):
        json_format_ = format_.value

    params["format"] = json_format_

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="GET",
        url="/api/v1/statements/{month}".format(
            month=quote(str(month), safe=""),
        ),
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> MonthlyStatement:
    if response.status_code == 200:
        response_200 = MonthlyStatement.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
