from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.breaker_state import BreakerState

T = TypeVar("T", bound="WorkerBreakerView")


@_attrs_define
class WorkerBreakerView:
    """One of a worker's circuit breakers, which closes by itself when what it guards answers again.

    Attributes:
        name (str): model_gateway, tool_launcher, or step_kind: and a kind of step
        state (BreakerState): Whether what a breaker guards is called.
        since (datetime.datetime):
        retry_after_seconds (float): until a call is let through to try
    """

    name: str
    state: BreakerState
    since: datetime.datetime
    retry_after_seconds: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        state = self.state.value

        since = self.since.isoformat()

        retry_after_seconds = self.retry_after_seconds

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "state": state,
                "since": since,
                "retry_after_seconds": retry_after_seconds,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        state = BreakerState(d.pop("state"))

        since = datetime.datetime.fromisoformat(d.pop("since"))

        retry_after_seconds = d.pop("retry_after_seconds")

        worker_breaker_view = cls(
            name=name,
            state=state,
            since=since,
            retry_after_seconds=retry_after_seconds,
        )

        worker_breaker_view.additional_properties = d
        return worker_breaker_view

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
