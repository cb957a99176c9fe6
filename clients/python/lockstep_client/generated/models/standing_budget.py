from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.budget_period import BudgetPeriod
from ..models.budget_scope import BudgetScope
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.standing import Standing


T = TypeVar("T", bound="StandingBudget")


@_attrs_define
class StandingBudget:
    """`now` is null while the gateway does not answer: the limits stand, what is spent cannot be told.

    Attributes:
        scope (BudgetScope): The scopes that outlast a run.
        scope_id (UUID):
        period (BudgetPeriod): A day or month of the tenant's calendar, all time, or any interval of a given width.
        window_seconds (int | None):
        limit_tokens (int | None):
        cost_usd (None | str):
        version (int):
        updated_at (datetime.datetime):
        now (None | Standing | Unset):
    """

    scope: BudgetScope
    scope_id: UUID
    period: BudgetPeriod
    window_seconds: int | None
    limit_tokens: int | None
    cost_usd: None | str
    version: int
    updated_at: datetime.datetime
    now: None | Standing | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.standing import Standing  # noqa: PLC0415

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

        now: dict[str, Any] | None | Unset
        if isinstance(self.now, Unset):
            now = UNSET
        elif isinstance(self.now, Standing):
            now = self.now.to_dict()
        else:
            now = self.now

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
        if now is not UNSET:
            field_dict["now"] = now

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.standing import Standing  # noqa: PLC0415

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

        def _parse_now(data: object) -> None | Standing | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                now_type_0 = Standing.from_dict(data)

                return now_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Standing | Unset, data)

        now = _parse_now(d.pop("now", UNSET))

        standing_budget = cls(
            scope=scope,
            scope_id=scope_id,
            period=period,
            window_seconds=window_seconds,
            limit_tokens=limit_tokens,
            cost_usd=cost_usd,
            version=version,
            updated_at=updated_at,
            now=now,
        )

        standing_budget.additional_properties = d
        return standing_budget

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
