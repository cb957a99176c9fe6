"""The calls of webhooks."""

import datetime
from typing import Any, Literal, cast
from uuid import UUID

from ...client import AsyncCaller, Caller
from ...models.created_at_order import CreatedAtOrder
from ...models.delivery_status import DeliveryStatus
from ...models.delivery_view import DeliveryView
from ...models.list_deliveries_fields_item import ListDeliveriesFieldsItem
from ...models.list_webhooks_fields_item import ListWebhooksFieldsItem
from ...models.new_webhook import NewWebhook
from ...models.new_webhook_view import NewWebhookView
from ...models.page_listed_delivery import PageListedDelivery
from ...models.page_listed_webhook import PageListedWebhook
from ...models.problem import Problem
from ...models.rotation import Rotation
from ...models.webhook_change import WebhookChange
from ...models.webhook_view import WebhookView
from ...models.whole_delivery_view import WholeDeliveryView
from ...types import UNSET, Unset
from . import (
    change_webhook,
    create_webhook,
    delete_webhook,
    get_delivery,
    get_webhook,
    list_deliveries,
    list_webhooks,
    replay_delivery,
    rotate_webhook_secret,
    test_webhook,
)


class WebhooksCalls:
    """The calls of webhooks; each waits for its answer."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def list_webhooks(
        self,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: CreatedAtOrder | Unset = UNSET,
        fields: list[ListWebhooksFieldsItem] | Unset = UNSET,
    ) -> PageListedWebhook:
        """The tenant's webhooks, newest first

        Args:
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (CreatedAtOrder | Unset): By created_at; with `-` before it, from the last on.
            fields (list[ListWebhooksFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `id` is always among them.
                Without it all
        """
        return self._caller.send(
            list_webhooks.call(
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    def create_webhook(
        self,
        *,
        body: NewWebhook,
        idempotency_key: str | Unset = UNSET,
    ) -> NewWebhookView:
        """Be told of events at a URL; the secret in the answer is shown this once

        Args:
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
            body (NewWebhook): Where to, and of what. It hears what happens from now on.
        """
        return self._caller.send(
            create_webhook.call(
                body=body,
                idempotency_key=idempotency_key,
            )
        )

    def get_webhook(
        self,
        webhook_id: UUID,
    ) -> WebhookView:
        """One webhook, without its secret

        Args:
            webhook_id (UUID):
        """
        return self._caller.send(
            get_webhook.call(
                webhook_id=webhook_id,
            )
        )

    def delete_webhook(
        self,
        webhook_id: UUID,
        *,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Delete a webhook, with what is on its way to it

        Args:
            webhook_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return self._caller.send(
            delete_webhook.call(
                webhook_id=webhook_id,
                if_match=if_match,
            )
        )

    def change_webhook(
        self,
        webhook_id: UUID,
        *,
        body: WebhookChange,
        if_match: str | Unset = UNSET,
    ) -> WebhookView:
        """Change a webhook, pause it, or wake it

        Args:
            webhook_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (WebhookChange): What is sent is changed, the rest stays. `active` also wakes a
                webhook that was disabled.
        """
        return self._caller.send(
            change_webhook.call(
                webhook_id=webhook_id,
                body=body,
                if_match=if_match,
            )
        )

    def rotate_webhook_secret(
        self,
        webhook_id: UUID,
        *,
        body: Rotation | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> NewWebhookView:
        """Give a webhook its next secret, which is shown this once

        Args:
            webhook_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (Rotation | Unset): How long the text that it has now is still accepted beside the
                next one.
        """
        return self._caller.send(
            rotate_webhook_secret.call(
                webhook_id=webhook_id,
                body=body,
                if_match=if_match,
            )
        )

    def test_webhook(
        self,
        webhook_id: UUID,
        *,
        idempotency_key: str | Unset = UNSET,
    ) -> DeliveryView:
        """Send a message of the type `webhook.test`

        Args:
            webhook_id (UUID):
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
        """
        return self._caller.send(
            test_webhook.call(
                webhook_id=webhook_id,
                idempotency_key=idempotency_key,
            )
        )

    def list_deliveries(
        self,
        webhook_id: UUID,
        *,
        status: DeliveryStatus | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: CreatedAtOrder | Unset = UNSET,
        fields: list[ListDeliveriesFieldsItem] | Unset = UNSET,
    ) -> PageListedDelivery:
        """What was sent to a webhook, or is on its way, newest first

        Args:
            webhook_id (UUID):
            status (DeliveryStatus | Unset): How far an event has come on its way to a webhook;
                `failed` is one whose attempts are all made.
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (CreatedAtOrder | Unset): By created_at; with `-` before it, from the last on.
            fields (list[ListDeliveriesFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `id` is always among them.
                Without it all
        """
        return self._caller.send(
            list_deliveries.call(
                webhook_id=webhook_id,
                status=status,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    def get_delivery(
        self,
        webhook_id: UUID,
        delivery_id: UUID,
    ) -> WholeDeliveryView:
        """One delivery, with what is sent

        Args:
            webhook_id (UUID):
            delivery_id (UUID):
        """
        return self._caller.send(
            get_delivery.call(
                webhook_id=webhook_id,
                delivery_id=delivery_id,
            )
        )

    def replay_delivery(
        self,
        webhook_id: UUID,
        delivery_id: UUID,
        *,
        idempotency_key: str | Unset = UNSET,
    ) -> DeliveryView:
        """Send a delivery again that has ended, under the same message id

        Args:
            webhook_id (UUID):
            delivery_id (UUID):
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
        """
        return self._caller.send(
            replay_delivery.call(
                webhook_id=webhook_id,
                delivery_id=delivery_id,
                idempotency_key=idempotency_key,
            )
        )


class AsyncWebhooksCalls:
    """The calls of webhooks; each is awaited."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def list_webhooks(
        self,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: CreatedAtOrder | Unset = UNSET,
        fields: list[ListWebhooksFieldsItem] | Unset = UNSET,
    ) -> PageListedWebhook:
        """The tenant's webhooks, newest first

        Args:
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (CreatedAtOrder | Unset): By created_at; with `-` before it, from the last on.
            fields (list[ListWebhooksFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `id` is always among them.
                Without it all
        """
        return await self._caller.send(
            list_webhooks.call(
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    async def create_webhook(
        self,
        *,
        body: NewWebhook,
        idempotency_key: str | Unset = UNSET,
    ) -> NewWebhookView:
        """Be told of events at a URL; the secret in the answer is shown this once

        Args:
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
            body (NewWebhook): Where to, and of what. It hears what happens from now on.
        """
        return await self._caller.send(
            create_webhook.call(
                body=body,
                idempotency_key=idempotency_key,
            )
        )

    async def get_webhook(
        self,
        webhook_id: UUID,
    ) -> WebhookView:
        """One webhook, without its secret

        Args:
            webhook_id (UUID):
        """
        return await self._caller.send(
            get_webhook.call(
                webhook_id=webhook_id,
            )
        )

    async def delete_webhook(
        self,
        webhook_id: UUID,
        *,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Delete a webhook, with what is on its way to it

        Args:
            webhook_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return await self._caller.send(
            delete_webhook.call(
                webhook_id=webhook_id,
                if_match=if_match,
            )
        )

    async def change_webhook(
        self,
        webhook_id: UUID,
        *,
        body: WebhookChange,
        if_match: str | Unset = UNSET,
    ) -> WebhookView:
        """Change a webhook, pause it, or wake it

        Args:
            webhook_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (WebhookChange): What is sent is changed, the rest stays. `active` also wakes a
                webhook that was disabled.
        """
        return await self._caller.send(
            change_webhook.call(
                webhook_id=webhook_id,
                body=body,
                if_match=if_match,
            )
        )

    async def rotate_webhook_secret(
        self,
        webhook_id: UUID,
        *,
        body: Rotation | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> NewWebhookView:
        """Give a webhook its next secret, which is shown this once

        Args:
            webhook_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (Rotation | Unset): How long the text that it has now is still accepted beside the
                next one.
        """
        return await self._caller.send(
            rotate_webhook_secret.call(
                webhook_id=webhook_id,
                body=body,
                if_match=if_match,
            )
        )

    async def test_webhook(
        self,
        webhook_id: UUID,
        *,
        idempotency_key: str | Unset = UNSET,
    ) -> DeliveryView:
        """Send a message of the type `webhook.test`

        Args:
            webhook_id (UUID):
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
        """
        return await self._caller.send(
            test_webhook.call(
                webhook_id=webhook_id,
                idempotency_key=idempotency_key,
            )
        )

    async def list_deliveries(
        self,
        webhook_id: UUID,
        *,
        status: DeliveryStatus | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: CreatedAtOrder | Unset = UNSET,
        fields: list[ListDeliveriesFieldsItem] | Unset = UNSET,
    ) -> PageListedDelivery:
        """What was sent to a webhook, or is on its way, newest first

        Args:
            webhook_id (UUID):
            status (DeliveryStatus | Unset): How far an event has come on its way to a webhook;
                `failed` is one whose attempts are all made.
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (CreatedAtOrder | Unset): By created_at; with `-` before it, from the last on.
            fields (list[ListDeliveriesFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `id` is always among them.
                Without it all
        """
        return await self._caller.send(
            list_deliveries.call(
                webhook_id=webhook_id,
                status=status,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    async def get_delivery(
        self,
        webhook_id: UUID,
        delivery_id: UUID,
    ) -> WholeDeliveryView:
        """One delivery, with what is sent

        Args:
            webhook_id (UUID):
            delivery_id (UUID):
        """
        return await self._caller.send(
            get_delivery.call(
                webhook_id=webhook_id,
                delivery_id=delivery_id,
            )
        )

    async def replay_delivery(
        self,
        webhook_id: UUID,
        delivery_id: UUID,
        *,
        idempotency_key: str | Unset = UNSET,
    ) -> DeliveryView:
        """Send a delivery again that has ended, under the same message id

        Args:
            webhook_id (UUID):
            delivery_id (UUID):
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
        """
        return await self._caller.send(
            replay_delivery.call(
                webhook_id=webhook_id,
                delivery_id=delivery_id,
                idempotency_key=idempotency_key,
            )
        )
