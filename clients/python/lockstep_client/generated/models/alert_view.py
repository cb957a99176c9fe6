from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.breaker_cause import BreakerCause
from ..models.breaker_state import BreakerState
from ..models.operations_kind import OperationsKind

if TYPE_CHECKING:
    from ..models.alert_view_about_type_0 import AlertViewAboutType0


T = TypeVar("T", bound="AlertView")


@_attrs_define
class AlertView:
    """An alert of the tenant's own calls, or (`kind` breaker) a breaker that changed its state.

    Attributes:
        at (datetime.datetime):
        kind (OperationsKind): What an entry tells of.
        name (str):
        state (BreakerState | None):
        why (BreakerCause | None):
        about (AlertViewAboutType0 | None):
    """

    at: datetime.datetime
    kind: OperationsKind
    name: str
    state: BreakerState | None
    why: BreakerCause | None
    about: AlertViewAboutType0 | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.alert_view_about_type_0 import AlertViewAboutType0  # noqa: PLC0415

        at = self.at.isoformat()

        kind = self.kind.value

        name = self.name

        state: None | str
        if isinstance(self.state, BreakerState):
            state = self.state.value
        else:
            state = self.state

        why: None | str
        if isinstance(self.why, BreakerCause):
            why = self.why.value
        else:
            why = self.why

        about: dict[str, Any] | None
        if isinstance(self.about, AlertViewAboutType0):
            about = self.about.to_dict()
        else:
            about = self.about

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "kind": kind,
                "name": name,
                "state": state,
                "why": why,
                "about": about,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.alert_view_about_type_0 import AlertViewAboutType0  # noqa: PLC0415

        d = dict(src_dict)
        at = datetime.datetime.fromisoformat(d.pop("at"))

        kind = OperationsKind(d.pop("kind"))

        name = d.pop("name")

        def _parse_state(data: object) -> BreakerState | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                state_type_0 = BreakerState(data)

                return state_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(BreakerState | None, data)

        state = _parse_state(d.pop("state"))

        def _parse_why(data: object) -> BreakerCause | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                why_type_0 = BreakerCause(data)

                return why_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(BreakerCause | None, data)

        why = _parse_why(d.pop("why"))

        def _parse_about(data: object) -> AlertViewAboutType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                about_type_0 = AlertViewAboutType0.from_dict(data)

                return about_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AlertViewAboutType0 | None, data)

        about = _parse_about(d.pop("about"))

        alert_view = cls(
            at=at,
            kind=kind,
            name=name,
            state=state,
            why=why,
            about=about,
        )

        alert_view.additional_properties = d
        return alert_view

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
