"""The calls of audit."""

import datetime
from typing import Any, Literal, cast
from uuid import UUID

from ...client import AsyncCaller, Caller
from ...models.access_view import AccessView
from ...models.audit_outcome import AuditOutcome
from ...models.export_format import ExportFormat
from ...models.id_order import IdOrder
from ...models.list_audit_fields_item import ListAuditFieldsItem
from ...models.list_break_glass_accesses_fields_item import (
    ListBreakGlassAccessesFieldsItem,
)
from ...models.list_platform_audit_fields_item import ListPlatformAuditFieldsItem
from ...models.list_platform_break_glass_accesses_fields_item import (
    ListPlatformBreakGlassAccessesFieldsItem,
)
from ...models.open_access import OpenAccess
from ...models.opened_at_order import OpenedAtOrder
from ...models.page_listed_access import PageListedAccess
from ...models.page_listed_audit_row import PageListedAuditRow
from ...models.problem import Problem
from ...types import UNSET, Unset
from . import (
    end_break_glass_access,
    export_audit,
    export_platform_audit,
    get_break_glass_access,
    get_platform_break_glass_access,
    list_audit,
    list_break_glass_accesses,
    list_platform_audit,
    list_platform_break_glass_accesses,
    open_break_glass_access,
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
        since: datetime.datetime | Unset = UNSET,
        until: datetime.datetime | Unset = UNSET,
        actor: str | Unset = UNSET,
        action: str | Unset = UNSET,
        target: str | Unset = UNSET,
        outcome: AuditOutcome | Unset = UNSET,
        from_: datetime.datetime | Unset = UNSET,
        to: datetime.datetime | Unset = UNSET,
    ) -> PageListedAuditRow:
        """What was done in the tenant, or tried, newest first

        Args:
            limit (int | Unset): rows a page; fewer where what is shown of `detail` is large: a page
                has 1.5 MB of it, or one row Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (IdOrder | Unset): By id; with `-` before it, from the last on.
            fields (list[ListAuditFieldsItem] | Unset): the members that items are shown with: names
                with commas between them, or the parameter several times; `id` is always among them.
                Without it all
            since (datetime.datetime | Unset): use `from`
            until (datetime.datetime | Unset): use `to`
            actor (str | Unset):
            action (str | Unset):
            target (str | Unset):
            outcome (AuditOutcome | Unset): How a call ended.
            from_ (datetime.datetime | Unset): from this moment on
            to (datetime.datetime | Unset): before this moment
        """
        return self._caller.send(
            list_audit.call(
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
                since=since,
                until=until,
                actor=actor,
                action=action,
                target=target,
                outcome=outcome,
                from_=from_,
                to=to,
            )
        )

    def export_audit(
        self,
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
    ) -> str:
        """All rows that are asked for, as CSV or as lines of JSON

        Args:
            format_ (ExportFormat | Unset): What an export is written as.
            since (datetime.datetime | Unset): use `from`
            until (datetime.datetime | Unset): use `to`
            actor (str | Unset):
            action (str | Unset):
            target (str | Unset):
            outcome (AuditOutcome | Unset): How a call ended.
            from_ (datetime.datetime | Unset): from this moment on
            to (datetime.datetime | Unset): before this moment
        """
        return self._caller.send(
            export_audit.call(
                format_=format_,
                since=since,
                until=until,
                actor=actor,
                action=action,
                target=target,
                outcome=outcome,
                from_=from_,
                to=to,
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
            limit (int | Unset): rows a page; fewer where what is shown of `detail` is large: a page
                has 1.5 MB of it, or one row Default: 50.
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

    def list_platform_break_glass_accesses(
        self,
        *,
        tenant_id: UUID,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: OpenedAtOrder | Unset = UNSET,
        fields: list[ListPlatformBreakGlassAccessesFieldsItem] | Unset = UNSET,
    ) -> PageListedAccess:
        """Accesses of operators to a tenant, newest first; for operators alone

        Args:
            tenant_id (UUID): whose they are
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (OpenedAtOrder | Unset): By opened_at; with `-` before it, from the last on.
            fields (list[ListPlatformBreakGlassAccessesFieldsItem] | Unset): the members that items
                are shown with: names with commas between them, or the parameter several times; `id` is
                always among them. Without it all
        """
        return self._caller.send(
            list_platform_break_glass_accesses.call(
                tenant_id=tenant_id,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    def open_break_glass_access(
        self,
        *,
        body: OpenAccess,
        idempotency_key: str | Unset = UNSET,
    ) -> AccessView:
        """Open an access to what is a tenant's, which the tenant is told of at once; for operators alone

        With its `id` in the header `Break-Glass-Access`, and the same operator's token, the tenant's tasks,
        runs and what they left are read by GET, until it ends. Nothing is changed by it, no file or stream
        is opened, and each read is a row of the tenant's audit.

        Args:
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
            body (OpenAccess): Whose runs are to be read, why, and for how long; the tenant sees all
                of it.
        """
        return self._caller.send(
            open_break_glass_access.call(
                body=body,
                idempotency_key=idempotency_key,
            )
        )

    def get_platform_break_glass_access(
        self,
        access_id: UUID,
    ) -> AccessView:
        """An access of an operator to a tenant; for operators alone

        Args:
            access_id (UUID):
        """
        return self._caller.send(
            get_platform_break_glass_access.call(
                access_id=access_id,
            )
        )

    def end_break_glass_access(
        self,
        access_id: UUID,
    ) -> AccessView:
        """End an access before its time is over; for operators alone

        Args:
            access_id (UUID):
        """
        return self._caller.send(
            end_break_glass_access.call(
                access_id=access_id,
            )
        )

    def list_break_glass_accesses(
        self,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: OpenedAtOrder | Unset = UNSET,
        fields: list[ListBreakGlassAccessesFieldsItem] | Unset = UNSET,
    ) -> PageListedAccess:
        """Which operators could read what is yours, why and until when, newest first

        Args:
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (OpenedAtOrder | Unset): By opened_at; with `-` before it, from the last on.
            fields (list[ListBreakGlassAccessesFieldsItem] | Unset): the members that items are shown
                with: names with commas between them, or the parameter several times; `id` is always among
                them. Without it all
        """
        return self._caller.send(
            list_break_glass_accesses.call(
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    def get_break_glass_access(
        self,
        access_id: UUID,
    ) -> AccessView:
        """One access of an operator to what is yours

        Args:
            access_id (UUID):
        """
        return self._caller.send(
            get_break_glass_access.call(
                access_id=access_id,
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
        since: datetime.datetime | Unset = UNSET,
        until: datetime.datetime | Unset = UNSET,
        actor: str | Unset = UNSET,
        action: str | Unset = UNSET,
        target: str | Unset = UNSET,
        outcome: AuditOutcome | Unset = UNSET,
        from_: datetime.datetime | Unset = UNSET,
        to: datetime.datetime | Unset = UNSET,
    ) -> PageListedAuditRow:
        """What was done in the tenant, or tried, newest first

        Args:
            limit (int | Unset): rows a page; fewer where what is shown of `detail` is large: a page
                has 1.5 MB of it, or one row Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (IdOrder | Unset): By id; with `-` before it, from the last on.
            fields (list[ListAuditFieldsItem] | Unset): the members that items are shown with: names
                with commas between them, or the parameter several times; `id` is always among them.
                Without it all
            since (datetime.datetime | Unset): use `from`
            until (datetime.datetime | Unset): use `to`
            actor (str | Unset):
            action (str | Unset):
            target (str | Unset):
            outcome (AuditOutcome | Unset): How a call ended.
            from_ (datetime.datetime | Unset): from this moment on
            to (datetime.datetime | Unset): before this moment
        """
        return await self._caller.send(
            list_audit.call(
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
                since=since,
                until=until,
                actor=actor,
                action=action,
                target=target,
                outcome=outcome,
                from_=from_,
                to=to,
            )
        )

    async def export_audit(
        self,
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
    ) -> str:
        """All rows that are asked for, as CSV or as lines of JSON

        Args:
            format_ (ExportFormat | Unset): What an export is written as.
            since (datetime.datetime | Unset): use `from`
            until (datetime.datetime | Unset): use `to`
            actor (str | Unset):
            action (str | Unset):
            target (str | Unset):
            outcome (AuditOutcome | Unset): How a call ended.
            from_ (datetime.datetime | Unset): from this moment on
            to (datetime.datetime | Unset): before this moment
        """
        return await self._caller.send(
            export_audit.call(
                format_=format_,
                since=since,
                until=until,
                actor=actor,
                action=action,
                target=target,
                outcome=outcome,
                from_=from_,
                to=to,
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
            limit (int | Unset): rows a page; fewer where what is shown of `detail` is large: a page
                has 1.5 MB of it, or one row Default: 50.
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

    async def list_platform_break_glass_accesses(
        self,
        *,
        tenant_id: UUID,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: OpenedAtOrder | Unset = UNSET,
        fields: list[ListPlatformBreakGlassAccessesFieldsItem] | Unset = UNSET,
    ) -> PageListedAccess:
        """Accesses of operators to a tenant, newest first; for operators alone

        Args:
            tenant_id (UUID): whose they are
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (OpenedAtOrder | Unset): By opened_at; with `-` before it, from the last on.
            fields (list[ListPlatformBreakGlassAccessesFieldsItem] | Unset): the members that items
                are shown with: names with commas between them, or the parameter several times; `id` is
                always among them. Without it all
        """
        return await self._caller.send(
            list_platform_break_glass_accesses.call(
                tenant_id=tenant_id,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    async def open_break_glass_access(
        self,
        *,
        body: OpenAccess,
        idempotency_key: str | Unset = UNSET,
    ) -> AccessView:
        """Open an access to what is a tenant's, which the tenant is told of at once; for operators alone

        With its `id` in the header `Break-Glass-Access`, and the same operator's token, the tenant's tasks,
        runs and what they left are read by GET, until it ends. Nothing is changed by it, no file or stream
        is opened, and each read is a row of the tenant's audit.

        Args:
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
            body (OpenAccess): Whose runs are to be read, why, and for how long; the tenant sees all
                of it.
        """
        return await self._caller.send(
            open_break_glass_access.call(
                body=body,
                idempotency_key=idempotency_key,
            )
        )

    async def get_platform_break_glass_access(
        self,
        access_id: UUID,
    ) -> AccessView:
        """An access of an operator to a tenant; for operators alone

        Args:
            access_id (UUID):
        """
        return await self._caller.send(
            get_platform_break_glass_access.call(
                access_id=access_id,
            )
        )

    async def end_break_glass_access(
        self,
        access_id: UUID,
    ) -> AccessView:
        """End an access before its time is over; for operators alone

        Args:
            access_id (UUID):
        """
        return await self._caller.send(
            end_break_glass_access.call(
                access_id=access_id,
            )
        )

    async def list_break_glass_accesses(
        self,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: OpenedAtOrder | Unset = UNSET,
        fields: list[ListBreakGlassAccessesFieldsItem] | Unset = UNSET,
    ) -> PageListedAccess:
        """Which operators could read what is yours, why and until when, newest first

        Args:
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (OpenedAtOrder | Unset): By opened_at; with `-` before it, from the last on.
            fields (list[ListBreakGlassAccessesFieldsItem] | Unset): the members that items are shown
                with: names with commas between them, or the parameter several times; `id` is always among
                them. Without it all
        """
        return await self._caller.send(
            list_break_glass_accesses.call(
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    async def get_break_glass_access(
        self,
        access_id: UUID,
    ) -> AccessView:
        """One access of an operator to what is yours

        Args:
            access_id (UUID):
        """
        return await self._caller.send(
            get_break_glass_access.call(
                access_id=access_id,
            )
        )
