"""The calls of triggers."""

import datetime
from typing import Any, Literal, cast
from uuid import UUID

from ...client import AsyncCaller, Caller
from ...models.call_status import CallStatus
from ...models.called_view import CalledView
from ...models.created_at_order import CreatedAtOrder
from ...models.list_trigger_calls_fields_item import ListTriggerCallsFieldsItem
from ...models.list_triggers_fields_item import ListTriggersFieldsItem
from ...models.new_trigger import NewTrigger
from ...models.new_trigger_view import NewTriggerView
from ...models.page_listed_trigger import PageListedTrigger
from ...models.page_listed_trigger_call import PageListedTriggerCall
from ...models.problem import Problem
from ...models.received_at_order import ReceivedAtOrder
from ...models.rotation import Rotation
from ...models.trigger_change import TriggerChange
from ...models.trigger_view import TriggerView
from ...types import UNSET, Unset
from . import (
    call_trigger,
    change_trigger,
    create_trigger,
    delete_trigger,
    get_trigger,
    list_trigger_calls,
    list_triggers,
    rotate_trigger_secret,
)


class TriggersCalls:
    """The calls of triggers; each waits for its answer."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def list_triggers(
        self,
        *,
        task_id: UUID | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: CreatedAtOrder | Unset = UNSET,
        fields: list[ListTriggersFieldsItem] | Unset = UNSET,
    ) -> PageListedTrigger:
        """The tenant's triggers, newest first; their inputs and forms where `fields` names them

        Args:
            task_id (UUID | Unset):
            limit (int | Unset): rows a page; fewer where what is shown of `input`, `payload_form` is
                large: a page has 1.5 MB of it, or one row Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (CreatedAtOrder | Unset): By created_at; with `-` before it, from the last on.
            fields (list[ListTriggersFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `id` is always among them.
                Without it all but `input`, `payload_form`
        """
        return self._caller.send(
            list_triggers.call(
                task_id=task_id,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    def create_trigger(
        self,
        *,
        body: NewTrigger,
        idempotency_key: str | Unset = UNSET,
    ) -> NewTriggerView:
        """Have runs of a task started by signed calls; the secret in the answer is shown this once

        Args:
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
            body (NewTrigger): What a call starts. The run's input is `input`, and the call's body
                below `payload_as`.
        """
        return self._caller.send(
            create_trigger.call(
                body=body,
                idempotency_key=idempotency_key,
            )
        )

    def get_trigger(
        self,
        trigger_id: UUID,
    ) -> TriggerView:
        """One trigger, without its secret

        Args:
            trigger_id (UUID):
        """
        return self._caller.send(
            get_trigger.call(
                trigger_id=trigger_id,
            )
        )

    def delete_trigger(
        self,
        trigger_id: UUID,
        *,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Delete a trigger and the list of its calls; the runs that it has started go on

        Args:
            trigger_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return self._caller.send(
            delete_trigger.call(
                trigger_id=trigger_id,
                if_match=if_match,
            )
        )

    def change_trigger(
        self,
        trigger_id: UUID,
        *,
        body: TriggerChange,
        if_match: str | Unset = UNSET,
    ) -> TriggerView:
        """Change a trigger, pause it, or wake it; its runs start as you from then on

        Args:
            trigger_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (TriggerChange): What is sent is changed, the rest stays.
        """
        return self._caller.send(
            change_trigger.call(
                trigger_id=trigger_id,
                body=body,
                if_match=if_match,
            )
        )

    def rotate_trigger_secret(
        self,
        trigger_id: UUID,
        *,
        body: Rotation,
        if_match: str | Unset = UNSET,
    ) -> NewTriggerView:
        """Give a trigger its next secret, which is shown this once

        Args:
            trigger_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (Rotation): How long the text that it has now is still accepted beside the next one.
        """
        return self._caller.send(
            rotate_trigger_secret.call(
                trigger_id=trigger_id,
                body=body,
                if_match=if_match,
            )
        )

    def list_trigger_calls(
        self,
        trigger_id: UUID,
        *,
        status: CallStatus | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: ReceivedAtOrder | Unset = UNSET,
        fields: list[ListTriggerCallsFieldsItem] | Unset = UNSET,
    ) -> PageListedTriggerCall:
        """The calls of a trigger that were signed well, newest first

        Args:
            trigger_id (UUID):
            status (CallStatus | Unset): Whether a call that was signed well has started its run.
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (ReceivedAtOrder | Unset): By received_at; with `-` before it, from the last on.
            fields (list[ListTriggerCallsFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `id` is always among them.
                Without it all
        """
        return self._caller.send(
            list_trigger_calls.call(
                trigger_id=trigger_id,
                status=status,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    def call_trigger(
        self,
        tenant_id: UUID,
        trigger_id: UUID,
        *,
        body: Any,
        webhook_id: str,
        webhook_timestamp: str,
        webhook_signature: str,
    ) -> CalledView:
        """Call a trigger, signed with its secret; one run for each webhook-id

        Args:
            tenant_id (UUID):
            trigger_id (UUID):
            webhook_id (str):
            webhook_timestamp (str):
            webhook_signature (str):
            body (Any):
        """
        return self._caller.send(
            call_trigger.call(
                tenant_id=tenant_id,
                trigger_id=trigger_id,
                body=body,
                webhook_id=webhook_id,
                webhook_timestamp=webhook_timestamp,
                webhook_signature=webhook_signature,
            )
        )


class AsyncTriggersCalls:
    """The calls of triggers; each is awaited."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def list_triggers(
        self,
        *,
        task_id: UUID | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: CreatedAtOrder | Unset = UNSET,
        fields: list[ListTriggersFieldsItem] | Unset = UNSET,
    ) -> PageListedTrigger:
        """The tenant's triggers, newest first; their inputs and forms where `fields` names them

        Args:
            task_id (UUID | Unset):
            limit (int | Unset): rows a page; fewer where what is shown of `input`, `payload_form` is
                large: a page has 1.5 MB of it, or one row Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (CreatedAtOrder | Unset): By created_at; with `-` before it, from the last on.
            fields (list[ListTriggersFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `id` is always among them.
                Without it all but `input`, `payload_form`
        """
        return await self._caller.send(
            list_triggers.call(
                task_id=task_id,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    async def create_trigger(
        self,
        *,
        body: NewTrigger,
        idempotency_key: str | Unset = UNSET,
    ) -> NewTriggerView:
        """Have runs of a task started by signed calls; the secret in the answer is shown this once

        Args:
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
            body (NewTrigger): What a call starts. The run's input is `input`, and the call's body
                below `payload_as`.
        """
        return await self._caller.send(
            create_trigger.call(
                body=body,
                idempotency_key=idempotency_key,
            )
        )

    async def get_trigger(
        self,
        trigger_id: UUID,
    ) -> TriggerView:
        """One trigger, without its secret

        Args:
            trigger_id (UUID):
        """
        return await self._caller.send(
            get_trigger.call(
                trigger_id=trigger_id,
            )
        )

    async def delete_trigger(
        self,
        trigger_id: UUID,
        *,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Delete a trigger and the list of its calls; the runs that it has started go on

        Args:
            trigger_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return await self._caller.send(
            delete_trigger.call(
                trigger_id=trigger_id,
                if_match=if_match,
            )
        )

    async def change_trigger(
        self,
        trigger_id: UUID,
        *,
        body: TriggerChange,
        if_match: str | Unset = UNSET,
    ) -> TriggerView:
        """Change a trigger, pause it, or wake it; its runs start as you from then on

        Args:
            trigger_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (TriggerChange): What is sent is changed, the rest stays.
        """
        return await self._caller.send(
            change_trigger.call(
                trigger_id=trigger_id,
                body=body,
                if_match=if_match,
            )
        )

    async def rotate_trigger_secret(
        self,
        trigger_id: UUID,
        *,
        body: Rotation,
        if_match: str | Unset = UNSET,
    ) -> NewTriggerView:
        """Give a trigger its next secret, which is shown this once

        Args:
            trigger_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (Rotation): How long the text that it has now is still accepted beside the next one.
        """
        return await self._caller.send(
            rotate_trigger_secret.call(
                trigger_id=trigger_id,
                body=body,
                if_match=if_match,
            )
        )

    async def list_trigger_calls(
        self,
        trigger_id: UUID,
        *,
        status: CallStatus | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: ReceivedAtOrder | Unset = UNSET,
        fields: list[ListTriggerCallsFieldsItem] | Unset = UNSET,
    ) -> PageListedTriggerCall:
        """The calls of a trigger that were signed well, newest first

        Args:
            trigger_id (UUID):
            status (CallStatus | Unset): Whether a call that was signed well has started its run.
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (ReceivedAtOrder | Unset): By received_at; with `-` before it, from the last on.
            fields (list[ListTriggerCallsFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `id` is always among them.
                Without it all
        """
        return await self._caller.send(
            list_trigger_calls.call(
                trigger_id=trigger_id,
                status=status,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    async def call_trigger(
        self,
        tenant_id: UUID,
        trigger_id: UUID,
        *,
        body: Any,
        webhook_id: str,
        webhook_timestamp: str,
        webhook_signature: str,
    ) -> CalledView:
        """Call a trigger, signed with its secret; one run for each webhook-id

        Args:
            tenant_id (UUID):
            trigger_id (UUID):
            webhook_id (str):
            webhook_timestamp (str):
            webhook_signature (str):
            body (Any):
        """
        return await self._caller.send(
            call_trigger.call(
                tenant_id=tenant_id,
                trigger_id=trigger_id,
                body=body,
                webhook_id=webhook_id,
                webhook_timestamp=webhook_timestamp,
                webhook_signature=webhook_signature,
            )
        )
