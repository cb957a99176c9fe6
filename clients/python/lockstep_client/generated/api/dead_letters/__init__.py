"""The calls of dead_letters."""

import datetime
from typing import Any, Literal, cast
from uuid import UUID

from ...client import AsyncCaller, Caller
from ...models.dead_letter_status import DeadLetterStatus
from ...models.dead_letter_view import DeadLetterView
from ...models.died_at_order import DiedAtOrder
from ...models.discard import Discard
from ...models.list_dead_letters_fields_item import ListDeadLettersFieldsItem
from ...models.list_tenants_dead_letters_fields_item import (
    ListTenantsDeadLettersFieldsItem,
)
from ...models.list_unreadable_messages_fields_item import (
    ListUnreadableMessagesFieldsItem,
)
from ...models.page_listed_dead_letter import PageListedDeadLetter
from ...models.page_listed_tenants_dead_letter import PageListedTenantsDeadLetter
from ...models.page_listed_unreadable import PageListedUnreadable
from ...models.problem import Problem
from ...models.received_at_order import ReceivedAtOrder
from ...models.redrive_many import RedriveMany
from ...models.redriven_list import RedrivenList
from ...models.tenants_dead_letter_view import TenantsDeadLetterView
from ...models.unreadable_view import UnreadableView
from ...types import UNSET, Unset
from . import (
    discard_dead_letter,
    discard_unreadable_message,
    get_dead_letter,
    get_tenants_dead_letter,
    list_dead_letters,
    list_tenants_dead_letters,
    list_unreadable_messages,
    redrive_dead_letter,
    redrive_dead_letters,
)


class DeadLettersCalls:
    """The calls of dead_letters; each waits for its answer."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def list_dead_letters(
        self,
        *,
        cause: str | Unset = UNSET,
        status: DeadLetterStatus | Unset = UNSET,
        run_id: UUID | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: DiedAtOrder | Unset = UNSET,
        fields: list[ListDeadLettersFieldsItem] | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> PageListedDeadLetter:
        """Steps that used up their attempts, newest first

        Args:
            cause (str | Unset): the code of the failure
            status (DeadLetterStatus | Unset): What became of a step that used up its attempts; a
                letter leaves `open` once.
            run_id (UUID | Unset):
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (DiedAtOrder | Unset): By died_at; with `-` before it, from the last on.
            fields (list[ListDeadLettersFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `id` is always among them.
                Without it all
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return self._caller.send(
            list_dead_letters.call(
                cause=cause,
                status=status,
                run_id=run_id,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
                break_glass_access=break_glass_access,
            )
        )

    def get_dead_letter(
        self,
        dead_letter_id: UUID,
        *,
        break_glass_access: UUID | Unset = UNSET,
    ) -> DeadLetterView:
        """A dead letter

        Args:
            dead_letter_id (UUID):
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return self._caller.send(
            get_dead_letter.call(
                dead_letter_id=dead_letter_id,
                break_glass_access=break_glass_access,
            )
        )

    def redrive_dead_letters(
        self,
        *,
        body: RedriveMany,
    ) -> RedrivenList:
        """Retry the runs of many dead letters; the answer says of each what happened

        Args:
            body (RedriveMany): Either the letters, or a cause: then its oldest open ones.
        """
        return self._caller.send(
            redrive_dead_letters.call(
                body=body,
            )
        )

    def redrive_dead_letter(
        self,
        dead_letter_id: UUID,
    ) -> DeadLetterView:
        """Retry the run of a dead letter from its step, once

        Args:
            dead_letter_id (UUID):
        """
        return self._caller.send(
            redrive_dead_letter.call(
                dead_letter_id=dead_letter_id,
            )
        )

    def discard_dead_letter(
        self,
        dead_letter_id: UUID,
        *,
        body: Discard,
    ) -> DeadLetterView:
        """End a dead letter with a reason, once; its run stays as it is

        Args:
            dead_letter_id (UUID):
            body (Discard): Why nothing more is done about it.
        """
        return self._caller.send(
            discard_dead_letter.call(
                dead_letter_id=dead_letter_id,
                body=body,
            )
        )

    def list_tenants_dead_letters(
        self,
        *,
        tenant_id: UUID | Unset = UNSET,
        cause: str | Unset = UNSET,
        status: DeadLetterStatus | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: DiedAtOrder | Unset = UNSET,
        fields: list[ListTenantsDeadLettersFieldsItem] | Unset = UNSET,
    ) -> PageListedTenantsDeadLetter:
        """Dead letters of all tenants, newest first, without tenants' words; for operators

        Args:
            tenant_id (UUID | Unset):
            cause (str | Unset): the code of the failure
            status (DeadLetterStatus | Unset): What became of a step that used up its attempts; a
                letter leaves `open` once.
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (DiedAtOrder | Unset): By died_at; with `-` before it, from the last on.
            fields (list[ListTenantsDeadLettersFieldsItem] | Unset): the members that items are shown
                with: names with commas between them, or the parameter several times; `id` is always among
                them. Without it all
        """
        return self._caller.send(
            list_tenants_dead_letters.call(
                tenant_id=tenant_id,
                cause=cause,
                status=status,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    def get_tenants_dead_letter(
        self,
        dead_letter_id: UUID,
    ) -> TenantsDeadLetterView:
        """A dead letter of a tenant, without the tenant's words; for operators

        Args:
            dead_letter_id (UUID):
        """
        return self._caller.send(
            get_tenants_dead_letter.call(
                dead_letter_id=dead_letter_id,
            )
        )

    def list_unreadable_messages(
        self,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: ReceivedAtOrder | Unset = UNSET,
        fields: list[ListUnreadableMessagesFieldsItem] | Unset = UNSET,
    ) -> PageListedUnreadable:
        """Messages of the steps queue that nobody can read, newest first; for operators

        Args:
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (ReceivedAtOrder | Unset): By received_at; with `-` before it, from the last on.
            fields (list[ListUnreadableMessagesFieldsItem] | Unset): the members that items are shown
                with: names with commas between them, or the parameter several times; `id` is always among
                them. Without it all
        """
        return self._caller.send(
            list_unreadable_messages.call(
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    def discard_unreadable_message(
        self,
        message_id: UUID,
        *,
        body: Discard,
    ) -> UnreadableView:
        """End such a message with a reason, once; for operators

        Args:
            message_id (UUID):
            body (Discard): Why nothing more is done about it.
        """
        return self._caller.send(
            discard_unreadable_message.call(
                message_id=message_id,
                body=body,
            )
        )


class AsyncDeadLettersCalls:
    """The calls of dead_letters; each is awaited."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def list_dead_letters(
        self,
        *,
        cause: str | Unset = UNSET,
        status: DeadLetterStatus | Unset = UNSET,
        run_id: UUID | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: DiedAtOrder | Unset = UNSET,
        fields: list[ListDeadLettersFieldsItem] | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> PageListedDeadLetter:
        """Steps that used up their attempts, newest first

        Args:
            cause (str | Unset): the code of the failure
            status (DeadLetterStatus | Unset): What became of a step that used up its attempts; a
                letter leaves `open` once.
            run_id (UUID | Unset):
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (DiedAtOrder | Unset): By died_at; with `-` before it, from the last on.
            fields (list[ListDeadLettersFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `id` is always among them.
                Without it all
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return await self._caller.send(
            list_dead_letters.call(
                cause=cause,
                status=status,
                run_id=run_id,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
                break_glass_access=break_glass_access,
            )
        )

    async def get_dead_letter(
        self,
        dead_letter_id: UUID,
        *,
        break_glass_access: UUID | Unset = UNSET,
    ) -> DeadLetterView:
        """A dead letter

        Args:
            dead_letter_id (UUID):
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return await self._caller.send(
            get_dead_letter.call(
                dead_letter_id=dead_letter_id,
                break_glass_access=break_glass_access,
            )
        )

    async def redrive_dead_letters(
        self,
        *,
        body: RedriveMany,
    ) -> RedrivenList:
        """Retry the runs of many dead letters; the answer says of each what happened

        Args:
            body (RedriveMany): Either the letters, or a cause: then its oldest open ones.
        """
        return await self._caller.send(
            redrive_dead_letters.call(
                body=body,
            )
        )

    async def redrive_dead_letter(
        self,
        dead_letter_id: UUID,
    ) -> DeadLetterView:
        """Retry the run of a dead letter from its step, once

        Args:
            dead_letter_id (UUID):
        """
        return await self._caller.send(
            redrive_dead_letter.call(
                dead_letter_id=dead_letter_id,
            )
        )

    async def discard_dead_letter(
        self,
        dead_letter_id: UUID,
        *,
        body: Discard,
    ) -> DeadLetterView:
        """End a dead letter with a reason, once; its run stays as it is

        Args:
            dead_letter_id (UUID):
            body (Discard): Why nothing more is done about it.
        """
        return await self._caller.send(
            discard_dead_letter.call(
                dead_letter_id=dead_letter_id,
                body=body,
            )
        )

    async def list_tenants_dead_letters(
        self,
        *,
        tenant_id: UUID | Unset = UNSET,
        cause: str | Unset = UNSET,
        status: DeadLetterStatus | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: DiedAtOrder | Unset = UNSET,
        fields: list[ListTenantsDeadLettersFieldsItem] | Unset = UNSET,
    ) -> PageListedTenantsDeadLetter:
        """Dead letters of all tenants, newest first, without tenants' words; for operators

        Args:
            tenant_id (UUID | Unset):
            cause (str | Unset): the code of the failure
            status (DeadLetterStatus | Unset): What became of a step that used up its attempts; a
                letter leaves `open` once.
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (DiedAtOrder | Unset): By died_at; with `-` before it, from the last on.
            fields (list[ListTenantsDeadLettersFieldsItem] | Unset): the members that items are shown
                with: names with commas between them, or the parameter several times; `id` is always among
                them. Without it all
        """
        return await self._caller.send(
            list_tenants_dead_letters.call(
                tenant_id=tenant_id,
                cause=cause,
                status=status,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    async def get_tenants_dead_letter(
        self,
        dead_letter_id: UUID,
    ) -> TenantsDeadLetterView:
        """A dead letter of a tenant, without the tenant's words; for operators

        Args:
            dead_letter_id (UUID):
        """
        return await self._caller.send(
            get_tenants_dead_letter.call(
                dead_letter_id=dead_letter_id,
            )
        )

    async def list_unreadable_messages(
        self,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: ReceivedAtOrder | Unset = UNSET,
        fields: list[ListUnreadableMessagesFieldsItem] | Unset = UNSET,
    ) -> PageListedUnreadable:
        """Messages of the steps queue that nobody can read, newest first; for operators

        Args:
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (ReceivedAtOrder | Unset): By received_at; with `-` before it, from the last on.
            fields (list[ListUnreadableMessagesFieldsItem] | Unset): the members that items are shown
                with: names with commas between them, or the parameter several times; `id` is always among
                them. Without it all
        """
        return await self._caller.send(
            list_unreadable_messages.call(
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    async def discard_unreadable_message(
        self,
        message_id: UUID,
        *,
        body: Discard,
    ) -> UnreadableView:
        """End such a message with a reason, once; for operators

        Args:
            message_id (UUID):
            body (Discard): Why nothing more is done about it.
        """
        return await self._caller.send(
            discard_unreadable_message.call(
                message_id=message_id,
                body=body,
            )
        )
