"""The calls of audit."""

import datetime
from typing import Any, Literal, cast
from uuid import UUID

from ...client import AsyncCaller, Caller
from ...models.audit_outcome import AuditOutcome
from ...models.export_format import ExportFormat
from ...models.id_order import IdOrder
from ...models.list_audit_fields_item import ListAuditFieldsItem
from ...models.list_platform_audit_fields_item import ListPlatformAuditFieldsItem
from ...models.page_listed_audit_row import PageListedAuditRow
from ...models.problem import Problem
from ...types import UNSET, Unset
from . import (
    export_audit,
    export_platform_audit,
    list_audit,
    list_platform_audit,
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
        sort: IdOrder | Unset = UNSET,
        fields: list[ListAuditFieldsItem] | Unset = UNSET,
        actor: str | Unset = UNSET,
        action: str | Unset = UNSET,
        target: str | Unset = UNSET,
        outcome: AuditOutcome | Unset = UNSET,
        from_: datetime.datetime | Unset = UNSET,
        to: datetime.datetime | Unset = UNSET,
        since: datetime.datetime | Unset = UNSET,
        until: datetime.datetime | Unset = UNSET,
    ) -> PageListedAuditRow:
        """What was done in the tenant, or tried, newest first

        Args:
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (IdOrder | Unset): By id; with `-` before it, from the last on.
            fields (list[ListAuditFieldsItem] | Unset): the members that items are shown with: names
                with commas between them, or the parameter several times; `id` is always among them.
                Without it all
            actor (str | Unset):
            action (str | Unset):
            target (str | Unset):
            outcome (AuditOutcome | Unset): How a call ended.
            from_ (datetime.datetime | Unset): from this moment on
            to (datetime.datetime | Unset): before this moment
            since (datetime.datetime | Unset): use `from`
            until (datetime.datetime | Unset): use `to`
        """
        return self._caller.send(
            list_audit.call(
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
                actor=actor,
                action=action,
                target=target,
                outcome=outcome,
                from_=from_,
                to=to,
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
        from_: datetime.datetime | Unset = UNSET,
        to: datetime.datetime | Unset = UNSET,
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
            from_ (datetime.datetime | Unset): from this moment on
            to (datetime.datetime | Unset): before this moment
            since (datetime.datetime | Unset): use `from`
            until (datetime.datetime | Unset): use `to`
        """
        return self._caller.send(
            export_audit.call(
                format_=format_,
                actor=actor,
                action=action,
                target=target,
                outcome=outcome,
                from_=from_,
                to=to,
                since=since,
                until=until,
            )
        )

    def list_platform_audit(
        self,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: IdOrder | Unset = UNSET,
        fields: list[ListPlatformAuditFieldsItem] | Unset = UNSET,
        actor: str | Unset = UNSET,
        action: str | Unset = UNSET,
        target: str | Unset = UNSET,
        outcome: AuditOutcome | Unset = UNSET,
        from_: datetime.datetime | Unset = UNSET,
        to: datetime.datetime | Unset = UNSET,
    ) -> PageListedAuditRow:
        """What operators did, and what people did who act in no tenant, newest first; for operators alone

        Args:
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (IdOrder | Unset): By id; with `-` before it, from the last on.
            fields (list[ListPlatformAuditFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `id` is always among them.
                Without it all
            actor (str | Unset):
            action (str | Unset):
            target (str | Unset):
            outcome (AuditOutcome | Unset): How a call ended.
            from_ (datetime.datetime | Unset): from this moment on
            to (datetime.datetime | Unset): before this moment
        """
        return self._caller.send(
            list_platform_audit.call(
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
                actor=actor,
                action=action,
                target=target,
                outcome=outcome,
                from_=from_,
                to=to,
            )
        )

    def export_platform_audit(
        self,
        *,
        format_: ExportFormat | Unset = UNSET,
        actor: str | Unset = UNSET,
        action: str | Unset = UNSET,
        target: str | Unset = UNSET,
        outcome: AuditOutcome | Unset = UNSET,
        from_: datetime.datetime | Unset = UNSET,
        to: datetime.datetime | Unset = UNSET,
    ) -> str:
        """All rows of the platform's audit that are asked for, as CSV or as lines of JSON; for operators alone

        Args:
            format_ (ExportFormat | Unset): What an export is written as.
            actor (str | Unset):
            action (str | Unset):
            target (str | Unset):
            outcome (AuditOutcome | Unset): How a call ended.
            from_ (datetime.datetime | Unset): from this moment on
            to (datetime.datetime | Unset): before this moment
        """
        return self._caller.send(
            export_platform_audit.call(
                format_=format_,
                actor=actor,
                action=action,
                target=target,
                outcome=outcome,
                from_=from_,
                to=to,
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
        sort: IdOrder | Unset = UNSET,
        fields: list[ListAuditFieldsItem] | Unset = UNSET,
        actor: str | Unset = UNSET,
        action: str | Unset = UNSET,
        target: str | Unset = UNSET,
        outcome: AuditOutcome | Unset = UNSET,
        from_: datetime.datetime | Unset = UNSET,
        to: datetime.datetime | Unset = UNSET,
        since: datetime.datetime | Unset = UNSET,
        until: datetime.datetime | Unset = UNSET,
    ) -> PageListedAuditRow:
        """What was done in the tenant, or tried, newest first

        Args:
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (IdOrder | Unset): By id; with `-` before it, from the last on.
            fields (list[ListAuditFieldsItem] | Unset): the members that items are shown with: names
                with commas between them, or the parameter several times; `id` is always among them.
                Without it all
            actor (str | Unset):
            action (str | Unset):
            target (str | Unset):
            outcome (AuditOutcome | Unset): How a call ended.
            from_ (datetime.datetime | Unset): from this moment on
            to (datetime.datetime | Unset): before this moment
            since (datetime.datetime | Unset): use `from`
            until (datetime.datetime | Unset): use `to`
        """
        return await self._caller.send(
            list_audit.call(
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
                actor=actor,
                action=action,
                target=target,
                outcome=outcome,
                from_=from_,
                to=to,
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
        from_: datetime.datetime | Unset = UNSET,
        to: datetime.datetime | Unset = UNSET,
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
            from_ (datetime.datetime | Unset): from this moment on
            to (datetime.datetime | Unset): before this moment
            since (datetime.datetime | Unset): use `from`
            until (datetime.datetime | Unset): use `to`
        """
        return await self._caller.send(
            export_audit.call(
                format_=format_,
                actor=actor,
                action=action,
                target=target,
                outcome=outcome,
                from_=from_,
                to=to,
                since=since,
                until=until,
            )
        )

    async def list_platform_audit(
        self,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: IdOrder | Unset = UNSET,
        fields: list[ListPlatformAuditFieldsItem] | Unset = UNSET,
        actor: str | Unset = UNSET,
        action: str | Unset = UNSET,
        target: str | Unset = UNSET,
        outcome: AuditOutcome | Unset = UNSET,
        from_: datetime.datetime | Unset = UNSET,
        to: datetime.datetime | Unset = UNSET,
    ) -> PageListedAuditRow:
        """What operators did, and what people did who act in no tenant, newest first; for operators alone

        Args:
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (IdOrder | Unset): By id; with `-` before it, from the last on.
            fields (list[ListPlatformAuditFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `id` is always among them.
                Without it all
            actor (str | Unset):
            action (str | Unset):
            target (str | Unset):
            outcome (AuditOutcome | Unset): How a call ended.
            from_ (datetime.datetime | Unset): from this moment on
            to (datetime.datetime | Unset): before this moment
        """
        return await self._caller.send(
            list_platform_audit.call(
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
                actor=actor,
                action=action,
                target=target,
                outcome=outcome,
                from_=from_,
                to=to,
            )
        )

    async def export_platform_audit(
        self,
        *,
        format_: ExportFormat | Unset = UNSET,
        actor: str | Unset = UNSET,
        action: str | Unset = UNSET,
        target: str | Unset = UNSET,
        outcome: AuditOutcome | Unset = UNSET,
        from_: datetime.datetime | Unset = UNSET,
        to: datetime.datetime | Unset = UNSET,
    ) -> str:
        """All rows of the platform's audit that are asked for, as CSV or as lines of JSON; for operators alone

        Args:
            format_ (ExportFormat | Unset): What an export is written as.
            actor (str | Unset):
            action (str | Unset):
            target (str | Unset):
            outcome (AuditOutcome | Unset): How a call ended.
            from_ (datetime.datetime | Unset): from this moment on
            to (datetime.datetime | Unset): before this moment
        """
        return await self._caller.send(
            export_platform_audit.call(
                format_=format_,
                actor=actor,
                action=action,
                target=target,
                outcome=outcome,
                from_=from_,
                to=to,
            )
        )
