from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.budget_period import BudgetPeriod
from ..models.budget_scope import BudgetScope

T = TypeVar("T", bound="BudgetView")


@_attrs_define
class BudgetView:
    """A budget as it was set; `null` sets no limit, and `window_seconds` is there for a rolling budget alone.

    Attributes:
        scope (BudgetScope): The scopes that outlast a run.
        scope_id (UUID):
        period (BudgetPeriod): A day or month of the tenant's calendar, all time, or any interval of a given width.
        window_seconds (int | None):
        limit_tokens (int | None):
        cost_usd (None | str):
        version (int):
        updated_at (datetime.datetime):
    """

    scope: BudgetScope
    scope_id: UUID
    period: BudgetPeriod
    window_seconds: int | None
    limit_tokens: int | None
    cost_usd: None | str
    version: int
    updated_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        scope = self.scope.value

        scope_id = str(self.scope_id)

        period = self.period.value

        window_seconds: int | None
        window_seconds = self.window_seconds

        limit_tokens: int | None
        limit_tokens = self.limit_tokens

        cost_usd: None | str
        cost_usd = self.cost_usd

        version = self.version

        updated_at = self.updated_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "scope": scope,
                "scope_id": scope_id,
                "period": period,
                "window_seconds": window_seconds,
                "limit_tokens": limit_tokens,
                "cost_usd": cost_usd,
                "version": version,
                "updated_at": updated_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        scope = BudgetScope(d.pop("scope"))

        scope_id = UUID(d.pop("scope_id"))

        period = BudgetPeriod(d.pop("period"))

        def _parse_window_seconds(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        window_seconds = _parse_window_seconds(d.pop("window_seconds"))

        def _parse_limit_tokens(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        limit_tokens = _parse_limit_tokens(d.pop("limit_tokens"))

        def _parse_cost_usd(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        cost_usd = _parse_cost_usd(d.pop("cost_usd"))

        version = d.pop("version")

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        budget_view = cls(
            scope=scope,
            scope_id=scope_id,
            period=period,
            window_seconds=window_seconds,
            limit_tokens=limit_tokens,
            cost_usd=cost_usd,
            version=version,
            updated_at=updated_at,
        )

        budget_view.additional_properties = d
        return budget_view

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
