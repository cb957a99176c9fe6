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


T = TypeVar("T", bound="ListedStandingBudget")


@_attrs_define
class ListedStandingBudget:
    """`now` is null while the gateway does not answer: the limits stand, what is spent cannot be told.

    Of a list: the members that `fields` names, or those that it shows anyway.

        Attributes:
            scope (BudgetScope): The scopes that outlast a run.
            scope_id (UUID):
            period (BudgetPeriod): A day or month of the tenant's calendar, all time, or any interval of a given width.
            window_seconds (int | None | Unset):
            limit_tokens (int | None | Unset):
            cost_usd (None | str | Unset):
            version (int | Unset):
            updated_at (datetime.datetime | Unset):
            now (None | Standing | Unset):
    """

    scope: BudgetScope
    scope_id: UUID
    period: BudgetPeriod
    window_seconds: int | None | Unset = UNSET
    limit_tokens: int | None | Unset = UNSET
    cost_usd: None | str | Unset = UNSET
    version: int | Unset = UNSET
    updated_at: datetime.datetime | Unset = UNSET
    now: None | Standing | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.standing import Standing  # noqa: PLC0415

        scope = self.scope.value

        scope_id = str(self.scope_id)

        period = self.period.value

        window_seconds: int | None | Unset
        if isinstance(self.window_seconds, Unset):
            window_seconds = UNSET
        else:
            window_seconds = self.window_seconds

        limit_tokens: int | None | Unset
        if isinstance(self.limit_tokens, Unset):
            limit_tokens = UNSET
        else:
            limit_tokens = self.limit_tokens

        cost_usd: None | str | Unset
        if isinstance(self.cost_usd, Unset):
            cost_usd = UNSET
        else:
            cost_usd = self.cost_usd

        version = self.version

        updated_at: str | Unset = UNSET
        if not isinstance(self.updated_at, Unset):
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
            }
        )
        if window_seconds is not UNSET:
            field_dict["window_seconds"] = window_seconds
        if limit_tokens is not UNSET:
            field_dict["limit_tokens"] = limit_tokens
        if cost_usd is not UNSET:
            field_dict["cost_usd"] = cost_usd
        if version is not UNSET:
            field_dict["version"] = version
        if updated_at is not UNSET:
            field_dict["updated_at"] = updated_at
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

        def _parse_window_seconds(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        window_seconds = _parse_window_seconds(d.pop("window_seconds", UNSET))

        def _parse_limit_tokens(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        limit_tokens = _parse_limit_tokens(d.pop("limit_tokens", UNSET))

        def _parse_cost_usd(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        cost_usd = _parse_cost_usd(d.pop("cost_usd", UNSET))

        version = d.pop("version", UNSET)

        _updated_at = d.pop("updated_at", UNSET)
        updated_at: datetime.datetime | Unset
        if isinstance(_updated_at, Unset):
            updated_at = UNSET
        else:
            updated_at = datetime.datetime.fromisoformat(_updated_at)

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

        listed_standing_budget = cls(
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

        listed_standing_budget.additional_properties = d
        return listed_standing_budget

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
