from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.budget_period import BudgetPeriod
from ..models.scope_kind import ScopeKind
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.limit_amount import LimitAmount


T = TypeVar("T", bound="ListedWarning")


@_attrs_define
class ListedWarning:
    """Four fifths of a limit were committed.

    Of a list: the members that `fields` names, or those that it shows anyway.

        Attributes:
            scope (ScopeKind): What a call is counted in: the tenant, user or key that outlasts the call's run, the run, and
                the step.
            scope_id (UUID):
            period (BudgetPeriod): A day or month of the tenant's calendar, all time, or any interval of a given width.
            window (str): the day or month, `total`, or the number of the rolling window
            limit (LimitAmount | Unset): In the unit of the limit that came first; the other is null.
            committed (LimitAmount | Unset): In the unit of the limit that came first; the other is null.
            warned_at (datetime.datetime | Unset):
    """

    scope: ScopeKind
    scope_id: UUID
    period: BudgetPeriod
    window: str
    limit: LimitAmount | Unset = UNSET
    committed: LimitAmount | Unset = UNSET
    warned_at: datetime.datetime | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        scope = self.scope.value

        scope_id = str(self.scope_id)

        period = self.period.value

        window = self.window

        limit: dict[str, Any] | Unset = UNSET
        if not isinstance(self.limit, Unset):
            limit = self.limit.to_dict()

        committed: dict[str, Any] | Unset = UNSET
        if not isinstance(self.committed, Unset):
            committed = self.committed.to_dict()

        warned_at: str | Unset = UNSET
        if not isinstance(self.warned_at, Unset):
            warned_at = self.warned_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "scope": scope,
                "scope_id": scope_id,
                "period": period,
                "window": window,
            }
        )
        if limit is not UNSET:
            field_dict["limit"] = limit
        if committed is not UNSET:
            field_dict["committed"] = committed
        if warned_at is not UNSET:
            field_dict["warned_at"] = warned_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.limit_amount import LimitAmount  # noqa: PLC0415

        d = dict(src_dict)
        scope = ScopeKind(d.pop("scope"))

        scope_id = UUID(d.pop("scope_id"))

        period = BudgetPeriod(d.pop("period"))

        window = d.pop("window")

        _limit = d.pop("limit", UNSET)
        limit: LimitAmount | Unset
        if isinstance(_limit, Unset):
            limit = UNSET
        else:
            limit = LimitAmount.from_dict(_limit)

        _committed = d.pop("committed", UNSET)
        committed: LimitAmount | Unset
        if isinstance(_committed, Unset):
            committed = UNSET
        else:
            committed = LimitAmount.from_dict(_committed)

        _warned_at = d.pop("warned_at", UNSET)
        warned_at: datetime.datetime | Unset
        if isinstance(_warned_at, Unset):
            warned_at = UNSET
        else:
            warned_at = datetime.datetime.fromisoformat(_warned_at)

        listed_warning = cls(
            scope=scope,
            scope_id=scope_id,
            period=period,
            window=window,
            limit=limit,
            committed=committed,
            warned_at=warned_at,
        )

        listed_warning.additional_properties = d
        return listed_warning

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
