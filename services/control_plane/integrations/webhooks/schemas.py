"""Webhooks and their deliveries as the API takes and shows them."""

import json
from datetime import datetime
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from control_plane.requests.answers.readable import Readable
from control_plane.requests.texts import KeptOrGiven, Name
from control_plane.webhook_sending.backoff import MOST_ATTEMPTS
from control_plane.webhook_sending.payloads import TEST_TYPE
from control_plane.webhook_sending.signatures import message_id
from foundation.contracts.accepted.distinct import distinct
from foundation.domain.ids import ApiKeyId, DeliveryId, RunId, UserId, WebhookId
from foundation.domain.permissions import Permission
from foundation.domain.run_events import RunEventType, TenantEventType
from foundation.domain.states import DeliveryStatus, WebhookStatus
from foundation.domain.words.quoting import quoted
from foundation.storage.webhooks.deliveries import Delivery
from foundation.storage.webhooks.subscriptions import Webhook

FAMILIES = tuple(sorted({f"{kind.partition('.')[0]}.*" for kind in (*RunEventType, *TenantEventType)}))
_TYPES = frozenset({*RunEventType, *TenantEventType, *FAMILIES})


def _known(patterns: list[str]) -> list[str]:
    for pattern in patterns:
        if pattern not in _TYPES:
            raise ValueError(
                f"{quoted(pattern[:80])} is no type of event; write one of the reference, or {', '.join(FAMILIES)}"
            )
    return distinct(patterns)


Events = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=64)]],
    Field(min_length=1, max_length=64, description="types of events, or families of them such as `run.*`"),
    AfterValidator(_known),
]
Url = Annotated[str, Field(min_length=1, max_length=2048, description="https, to a public address")]


class NewWebhook(BaseModel):
    """Where to, and of what. It hears what happens from now on."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"name": "ticket system", "url": "https://hooks.example.com/lockstep", "events": ["run.failed"]}
            ]
        },
    )

    name: Name
    url: Url
    events: Events


class WebhookChange(BaseModel):
    """What is sent is changed, the rest stays. `active` also wakes a webhook that was disabled."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"paused": True}]})

    name: Annotated[Name | None, KeptOrGiven] = None
    url: Annotated[Url | None, KeptOrGiven] = None
    events: Annotated[Events | None, KeptOrGiven] = None
    paused: Annotated[bool | None, KeptOrGiven] = Field(
        default=None, strict=True, description="true holds back what happens, false sends all of it, oldest first"
    )


class WebhookView(Readable):
    """A webhook without its secret."""

    READ_BY: ClassVar = Permission.WEBHOOKS_READ
    CONTENT: ClassVar = frozenset({"url", "disabled_reason"})

    id: WebhookId
    name: str
    url: str | None = Field(description="null for who may not read webhooks, as `disabled_reason` is")
    events: list[str]
    status: WebhookStatus
    disabled_reason: str | None = Field(description="why it gets nothing any more; change `paused` to false to go on")
    failures: int = Field(description="attempts in a row that failed; after one, messages are tried one by one")
    failing_since: datetime | None
    previous_secret_until: datetime | None = Field(description="until when the secret before signs as well")
    created_by: UserId | None
    by_key: ApiKeyId | None = Field(
        description="the key with which it was made; once its `url` is changed, the one with which that was done"
    )
    created_at: datetime
    updated_at: datetime
    version: int

    @classmethod
    def of(cls, webhook: Webhook) -> Self:
        return cls.model_validate(_members(webhook))


class NewWebhookView(WebhookView):
    """A webhook with the secret by which a receiver knows its messages; it is shown this once."""

    secret: str

    @classmethod
    def with_secret(cls, webhook: Webhook, secret: str) -> Self:
        return cls.model_validate({**_members(webhook), "secret": secret})


def _members(webhook: Webhook) -> dict[str, object]:
    names = set(WebhookView.model_fields) - {"id"}
    return {"id": webhook.webhook_id, **{name: getattr(webhook, name) for name in names}}


class DeliveryView(Readable):
    """An event on its way. `message_id` is its `webhook-id`, the same at every attempt."""

    READ_BY: ClassVar = Permission.WEBHOOKS_READ
    CONTENT: ClassVar = frozenset({"error"})

    id: DeliveryId
    message_id: str
    type: RunEventType | TenantEventType | str = Field(
        description=f"of the event; `{TEST_TYPE}` of one that you asked for"
    )
    run_id: RunId | None
    status: DeliveryStatus
    attempts: int = Field(description=f"of at most {MOST_ATTEMPTS}")
    next_at: datetime | None = Field(description="when it is tried next, of one that is pending")
    answer_status: int | None = Field(description="of the last answer; null where there was none")
    error: str | None = Field(description="why the last attempt failed")
    answered_in_ms: int | None
    created_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        return cls.model_validate(_shown(delivery))


class WholeDeliveryView(DeliveryView):
    """The same with what is sent."""

    payload: dict[str, Any]

    @classmethod
    def with_payload(cls, delivery: Delivery) -> Self:
        return cls.model_validate({**_shown(delivery), "payload": json.loads(delivery.body)})


def _shown(delivery: Delivery) -> dict[str, object]:
    own = {"id", "message_id", "next_at"}
    return {
        "id": delivery.delivery_id,
        "message_id": message_id(delivery.delivery_id),
        "next_at": delivery.next_at if delivery.status is DeliveryStatus.PENDING else None,
        **{name: getattr(delivery, name) for name in set(DeliveryView.model_fields) - own},
    }
