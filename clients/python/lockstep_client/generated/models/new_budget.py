from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewBudget")


@_attrs_define
class NewBudget:
    """At least one limit; 0 admits nothing. `window_seconds` is for rolling budgets, which need it.

    Attributes:
        limit_tokens (int | None | Unset):
        cost_usd (None | str | Unset):
        window_seconds (int | None | Unset):
    """

    limit_tokens: int | None | Unset = UNSET
    cost_usd: None | str | Unset = UNSET
    window_seconds: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
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

        window_seconds: int | None | Unset
        if isinstance(self.window_seconds, Unset):
            window_seconds = UNSET
        else:
            window_seconds = self.window_seconds

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if limit_tokens is not UNSET:
            field_dict["limit_tokens"] = limit_tokens
        if cost_usd is not UNSET:
            field_dict["cost_usd"] = cost_usd
        if window_seconds is not UNSET:
            field_dict["window_seconds"] = window_seconds

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

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

        def _parse_window_seconds(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        window_seconds = _parse_window_seconds(d.pop("window_seconds", UNSET))

        new_budget = cls(
            limit_tokens=limit_tokens,
            cost_usd=cost_usd,
            window_seconds=window_seconds,
        )

        return new_budget
