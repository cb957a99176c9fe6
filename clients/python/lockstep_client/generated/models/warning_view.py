from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.budget_period import BudgetPeriod

if TYPE_CHECKING:
    from ..models.limit_amount import LimitAmount


T = TypeVar("T", bound="WarningView")


@_attrs_define
class WarningView:
    """Four fifths of a limit were committed.

    Attributes:
        scope (str): tenant, user, key, run or step
        scope_id (UUID):
        period (BudgetPeriod): A day or month of the tenant's calendar, all time, or any interval of a given width.
        window (str): the day or month, `total`, or the number of the rolling window
        limit (LimitAmount): In the unit of the limit that came first; the other is null.
        committed (LimitAmount): In the unit of the limit that came first; the other is null.
        warned_at (datetime.datetime):
    """

    scope: str
    scope_id: UUID
    period: BudgetPeriod
    window: str
    limit: LimitAmount
    committed: LimitAmount
    warned_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        scope = self.scope

        scope_id = str(self.scope_id)

        period = self.period.value

        window = self.window

        limit = self.limit.to_dict()

        committed = self.committed.to_dict()

        warned_at = self.warned_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "scope": scope,
                "scope_id": scope_id,
                "period": period,
                "window": window,
                "limit": limit,
                "committed": committed,
                "warned_at": warned_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.limit_amount import LimitAmount  # noqa: PLC0415

        d = dict(src_dict)
        scope = d.pop("scope")

        scope_id = UUID(d.pop("scope_id"))

        period = BudgetPeriod(d.pop("period"))

        window = d.pop("window")

        limit = LimitAmount.from_dict(d.pop("limit"))

        committed = LimitAmount.from_dict(d.pop("committed"))

        warned_at = datetime.datetime.fromisoformat(d.pop("warned_at"))

        warning_view = cls(
            scope=scope,
            scope_id=scope_id,
            period=period,
            window=window,
            limit=limit,
            committed=committed,
            warned_at=warned_at,
        )

        warning_view.additional_properties = d
        return warning_view

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
