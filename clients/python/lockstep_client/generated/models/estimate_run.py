from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.budget import Budget
    from ..models.estimate_run_input import EstimateRunInput


T = TypeVar("T", bound="EstimateRun")


@_attrs_define
class EstimateRun:
    """What would be started; `budget` replaces the task's, key by key. Without `input` the bounds are for any input.

    Attributes:
        input_ (EstimateRunInput | Unset):
        task_version (int | None | Unset):
        budget (Budget | Unset): Limits of a run or a step; what is left out sets no limit.
    """

    input_: EstimateRunInput | Unset = UNSET
    task_version: int | None | Unset = UNSET
    budget: Budget | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        input_: dict[str, Any] | Unset = UNSET
        if not isinstance(self.input_, Unset):
            input_ = self.input_.to_dict()

        task_version: int | None | Unset
        if isinstance(self.task_version, Unset):
            task_version = UNSET
        else:
            task_version = self.task_version

        budget: dict[str, Any] | Unset = UNSET
        if not isinstance(self.budget, Unset):
            budget = self.budget.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if input_ is not UNSET:
            field_dict["input"] = input_
        if task_version is not UNSET:
            field_dict["task_version"] = task_version
        if budget is not UNSET:
            field_dict["budget"] = budget

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.budget import Budget  # noqa: PLC0415
        from ..models.estimate_run_input import EstimateRunInput  # noqa: PLC0415

        d = dict(src_dict)
        _input_ = d.pop("input", UNSET)
        input_: EstimateRunInput | Unset
        if isinstance(_input_, Unset):
            input_ = UNSET
        else:
            input_ = EstimateRunInput.from_dict(_input_)

        def _parse_task_version(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        task_version = _parse_task_version(d.pop("task_version", UNSET))

        _budget = d.pop("budget", UNSET)
        budget: Budget | Unset
        if isinstance(_budget, Unset):
            budget = UNSET
        else:
            budget = Budget.from_dict(_budget)

        estimate_run = cls(
            input_=input_,
            task_version=task_version,
            budget=budget,
        )

        return estimate_run
