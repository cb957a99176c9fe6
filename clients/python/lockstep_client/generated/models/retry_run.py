from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.budget import Budget


T = TypeVar("T", bound="RetryRun")


@_attrs_define
class RetryRun:
    """`from` names steps that run again, with all below them and what these lack; else all that did not succeed do.

    Attributes:
        from_ (list[str] | Unset):
        budget (Budget | Unset): Limits of a run or a step; what is left out sets no limit.
    """

    from_: list[str] | Unset = UNSET
    budget: Budget | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from_: list[str] | Unset = UNSET
        if not isinstance(self.from_, Unset):
            from_ = self.from_

        budget: dict[str, Any] | Unset = UNSET
        if not isinstance(self.budget, Unset):
            budget = self.budget.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if from_ is not UNSET:
            field_dict["from"] = from_
        if budget is not UNSET:
            field_dict["budget"] = budget

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.budget import Budget  # noqa: PLC0415

        d = dict(src_dict)
        from_ = cast(list[str], d.pop("from", UNSET))

        _budget = d.pop("budget", UNSET)
        budget: Budget | Unset
        if isinstance(_budget, Unset):
            budget = UNSET
        else:
            budget = Budget.from_dict(_budget)

        retry_run = cls(
            from_=from_,
            budget=budget,
        )

        return retry_run
