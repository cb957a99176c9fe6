from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.webhook_status import WebhookStatus

T = TypeVar("T", bound="WebhookView")


@_attrs_define
class WebhookView:
    """A webhook without its secret.

    Attributes:
        id (UUID):
        name (str):
        url (None | str): null for who may not read webhooks, as `disabled_reason` is
        events (list[str]):
        status (WebhookStatus): Whether a webhook is told of events: `paused` by its owner, or `disabled` because it
            failed for too long.
        disabled_reason (None | str): why it gets nothing any more; change `paused` to false to go on
        failures (int): attempts in a row that failed; after one, messages are tried one by one
        failing_since (datetime.datetime | None):
        previous_secret_until (datetime.datetime | None): until when the secret before signs as well
        created_by (None | UUID):
        by_key (None | UUID): the key with which it was made; once its `url` is changed, the one with which that was
            done
        created_at (datetime.datetime):
        updated_at (datetime.datetime):
        version (int):
    """

    id: UUID
    name: str
    url: None | str
    events: list[str]
    status: WebhookStatus
    disabled_reason: None | str
    failures: int
    failing_since: datetime.datetime | None
    previous_secret_until: datetime.datetime | None
    created_by: None | UUID
    by_key: None | UUID
    created_at: datetime.datetime
    updated_at: datetime.datetime
    version: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        name = self.name

        url: None | str
        url = self.url

        events = self.events

        status = self.status.value

        disabled_reason: None | str
        disabled_reason = self.disabled_reason

        failures = self.failures

        failing_since: None | str
        if isinstance(self.failing_since, datetime.datetime):
            failing_since = self.failing_since.isoformat()
        else:
            failing_since = self.failing_since

        previous_secret_until: None | str
        if isinstance(self.previous_secret_until, datetime.datetime):
            previous_secret_until = self.previous_secret_until.isoformat()
        else:
            previous_secret_until = self.previous_secret_until

        created_by: None | str
        if isinstance(self.created_by, UUID):
            created_by = str(self.created_by)
        else:
            created_by = self.created_by

        by_key: None | str
        if isinstance(self.by_key, UUID):
            by_key = str(self.by_key)
        else:
            by_key = self.by_key

        created_at = self.created_at.isoformat()

        updated_at = self.updated_at.isoformat()

        version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "url": url,
                "events": events,
                "status": status,
                "disabled_reason": disabled_reason,
                "failures": failures,
                "failing_since": failing_since,
                "previous_secret_until": previous_secret_until,
                "created_by": created_by,
                "by_key": by_key,
                "created_at": created_at,
                "updated_at": updated_at,
                "version": version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        name = d.pop("name")

        def _parse_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        url = _parse_url(d.pop("url"))

        events = cast(list[str], d.pop("events"))

        status = WebhookStatus(d.pop("status"))

        def _parse_disabled_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        disabled_reason = _parse_disabled_reason(d.pop("disabled_reason"))

        failures = d.pop("failures")

        def _parse_failing_since(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                failing_since_type_0 = datetime.datetime.fromisoformat(data)

                return failing_since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        failing_since = _parse_failing_since(d.pop("failing_since"))

        def _parse_previous_secret_until(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                previous_secret_until_type_0 = datetime.datetime.fromisoformat(data)

                return previous_secret_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        previous_secret_until = _parse_previous_secret_until(d.pop("previous_secret_until"))

        def _parse_created_by(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                created_by_type_0 = UUID(data)

                return created_by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        created_by = _parse_created_by(d.pop("created_by"))

        def _parse_by_key(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                by_key_type_0 = UUID(data)

                return by_key_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        by_key = _parse_by_key(d.pop("by_key"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        version = d.pop("version")

        webhook_view = cls(
            id=id,
            name=name,
            url=url,
            events=events,
            status=status,
            disabled_reason=disabled_reason,
            failures=failures,
            failing_since=failing_since,
            previous_secret_until=previous_secret_until,
            created_by=created_by,
            by_key=by_key,
            created_at=created_at,
            updated_at=updated_at,
            version=version,
        )

        webhook_view.additional_properties = d
        return webhook_view

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
