"""The calls of audit."""

import datetime
from typing import Any, Literal, cast
from uuid import UUID

from ...client import AsyncCaller, Caller
from ...models.audit_outcome import AuditOutcome
from ...models.export_format import ExportFormat
from ...models.page_audit_row import PageAuditRow
from ...models.problem import Problem
from ...types import UNSET, Unset
from . import (
    export_audit,
    list_audit,
)


class AuditCalls:
    """The calls of audit; each waits for its answer."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def list_audit(
        self,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        actor: str | Unset = UNSET,
        action: str | Unset = UNSET,
        target: str | Unset = UNSET,
        outcome: AuditOutcome | Unset = UNSET,
        since: datetime.datetime | Unset = UNSET,
        until: datetime.datetime | Unset = UNSET,
    ) -> PageAuditRow:
        """What was done in the tenant, or tried, newest first

        Args:
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            actor (str | Unset):
            action (str | Unset):
            target (str | Unset):
            outcome (AuditOutcome | Unset): How a call ended.
            since (datetime.datetime | Unset): from this moment on
            until (datetime.datetime | Unset): before this moment
        """
        return self._caller.send(
            list_audit.call(
                limit=limit,
                cursor=cursor,
                actor=actor,
                action=action,
                target=target,
                outcome=outcome,
                since=since,
                until=until,
            )
        )

    def export_audit(
        self,
        *,
        format_: ExportFormat | Unset = UNSET,
        actor: str | Unset = UNSET,
        action: str | Unset = UNSET,
        target: str | Unset = UNSET,
        outcome: AuditOutcome | Unset = UNSET,
        since: datetime.datetime | Unset = UNSET,
        until: datetime.datetime | Unset = UNSET,
    ) -> str:
        """All rows that are asked for, as CSV or as lines of JSON

        Args:
            format_ (ExportFormat | Unset): What an export is written as.
            actor (str | Unset):
            action (str | Unset):
            target (str | Unset):
            outcome (AuditOutcome | Unset): How a call ended.
            since (datetime.datetime | Unset): from this moment on
            until (datetime.datetime | Unset): before this moment
        """
        return self._caller.send(
            export_audit.call(
                format_=format_,
                actor=actor,
                action=action,
                target=target,
                outcome=outcome,
                since=since,
                until=until,
            )
        )


class AsyncAuditCalls:
    """The calls of audit; each is awaited."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def list_audit(
        self,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        actor: str | Unset = UNSET,
        action: str | Unset = UNSET,
        target: str | Unset = UNSET,
        outcome: AuditOutcome | Unset = UNSET,
        since: datetime.datetime | Unset = UNSET,
        until: datetime.datetime | Unset = UNSET,
    ) -> PageAuditRow:
        """What was done in the tenant, or tried, newest first

        Args:
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            actor (str | Unset):
            action (str | Unset):
            target (str | Unset):
            outcome (AuditOutcome | Unset): How a call ended.
            since (datetime.datetime | Unset): from this moment on
            until (datetime.datetime | Unset): before this moment
        """
        return await self._caller.send(
            list_audit.call(
                limit=limit,
                cursor=cursor,
                actor=actor,
                action=action,
                target=target,
                outcome=outcome,
                since=since,
                until=until,
            )
        )

    async def export_audit(
        self,
        *,
        format_: ExportFormat | Unset = UNSET,
        actor: str | Unset = UNSET,
        action: str | Unset = UNSET,
        target: str | Unset = UNSET,
        outcome: AuditOutcome | Unset = UNSET,
        since: datetime.datetime | Unset = UNSET,
        until: datetime.datetime | Unset = UNSET,
    ) -> str:
        """All rows that are asked for, as CSV or as lines of JSON

        Args:
            format_ (ExportFormat | Unset): What an export is written as.
            actor (str | Unset):
            action (str | Unset):
            target (str | Unset):
            outcome (AuditOutcome | Unset): How a call ended.
            since (datetime.datetime | Unset): from this moment on
            until (datetime.datetime | Unset): before this moment
        """
        return await self._caller.send(
            export_audit.call(
                format_=format_,
                actor=actor,
                action=action,
                target=target,
                outcome=outcome,
                since=since,
                until=until,
            )
        )
