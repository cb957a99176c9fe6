from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="NewWebhook")


@_attrs_define
class NewWebhook:
    """Where to, and of what. It hears what happens from now on.

    Attributes:
        name (str):
        url (str): https, to a public address
        events (list[str]): types of events, or families of them such as `run.*`
    """

    name: str
    url: str
    events: list[str]

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        url = self.url

        events = self.events

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "url": url,
                "events": events,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        url = d.pop("url")

        events = cast(list[str], d.pop("events"))

        new_webhook = cls(
            name=name,
            url=url,
            events=events,
        )

        return new_webhook
