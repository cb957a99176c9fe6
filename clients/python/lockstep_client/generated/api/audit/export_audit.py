import datetime
from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer
from ...models.audit_outcome import AuditOutcome
from ...models.export_format import ExportFormat
from ...types import UNSET, Unset


def call(
    *,
    format_: ExportFormat | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    until: datetime.datetime | Unset = UNSET,
    actor: str | Unset = UNSET,
    action: str | Unset = UNSET,
    target: str | Unset = UNSET,
    outcome: AuditOutcome | Unset = UNSET,
    from_: datetime.datetime | Unset = UNSET,
    to: datetime.datetime | Unset = UNSET,
) -> Call[str]:
    """`export_audit`, unsent."""

    params: dict[str, Any] = {}

    json_format_: str | Unset = UNSET
    if not isinstance(format_, Unset):
        json_format_ = format_.value

    params["format"] = json_format_

    json_since: str | Unset = UNSET
    if not isinstance(since, Unset):
        json_since = since.isoformat()
    params["since"] = json_since

    json_until: str | Unset = UNSET
    if not isinstance(until, Unset):
        json_until = until.isoformat()
    params["until"] = json_until

    params["actor"] = actor

    params["action"] = action

    params["target"] = target

    json_outcome: str | Unset = UNSET
    if not isinstance(outcome, Unset):
        json_outcome = outcome.value

    params["outcome"] = json_outcome

    json_from_: str | Unset = UNSET
    if not isinstance(from_, Unset):
        json_from_ = from_.isoformat()
    params["from"] = json_from_

    json_to: str | Unset = UNSET
    if not isinstance(to, Unset):
        json_to = to.isoformat()
    params["to"] = json_to

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="GET",
        url="/api/v1/audit/export",
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> str:
    if response.status_code == 200:
        return response.text

    raise UndocumentedAnswer(response)
