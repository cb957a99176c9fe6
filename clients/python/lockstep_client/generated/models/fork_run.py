from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.budget import Budget
    from ..models.fork_run_input_type_0 import ForkRunInputType0
    from ..models.fork_run_overrides import ForkRunOverrides


T = TypeVar("T", bound="ForkRun")


@_attrs_define
class ForkRun:
    """`from` is the step that begins again; an agent after so many of its turns (`turn`), else at its beginning.

    Attributes:
        from_ (str):
        turn (int | None | Unset):
        input_ (ForkRunInputType0 | None | Unset): the steps that run read it; null keeps the run's
        overrides (ForkRunOverrides | Unset):
        budget (Budget | Unset): Limits of a run or a step; what is left out sets no limit.
        start (bool | Unset): false: the fork is paused until it is resumed Default: True.
    """

    from_: str
    turn: int | None | Unset = UNSET
    input_: ForkRunInputType0 | None | Unset = UNSET
    overrides: ForkRunOverrides | Unset = UNSET
    budget: Budget | Unset = UNSET
    start: bool | Unset = True

    def to_dict(self) -> dict[str, Any]:
        from ..models.fork_run_input_type_0 import ForkRunInputType0  # noqa: PLC0415

        from_ = self.from_

        turn: int | None | Unset
        if isinstance(self.turn, Unset):
            turn = UNSET
        else:
            turn = self.turn

        input_: dict[str, Any] | None | Unset
        if isinstance(self.input_, Unset):
            input_ = UNSET
        elif isinstance(self.input_, ForkRunInputType0):
            input_ = self.input_.to_dict()
        else:
            input_ = self.input_

        overrides: dict[str, Any] | Unset = UNSET
        if not isinstance(self.overrides, Unset):
            overrides = self.overrides.to_dict()

        budget: dict[str, Any] | Unset = UNSET
        if not isinstance(self.budget, Unset):
            budget = self.budget.to_dict()

        start = self.start

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "from": from_,
            }
        )
        if turn is not UNSET:
            field_dict["turn"] = turn
        if input_ is not UNSET:
            field_dict["input"] = input_
        if overrides is not UNSET:
            field_dict["overrides"] = overrides
        if budget is not UNSET:
            field_dict["budget"] = budget
        if start is not UNSET:
            field_dict["start"] = start

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.budget import Budget  # noqa: PLC0415
        from ..models.fork_run_input_type_0 import ForkRunInputType0  # noqa: PLC0415
        from ..models.fork_run_overrides import ForkRunOverrides  # noqa: PLC0415

        d = dict(src_dict)
        from_ = d.pop("from")

        def _parse_turn(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        turn = _parse_turn(d.pop("turn", UNSET))

        def _parse_input_(data: object) -> ForkRunInputType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                input_type_0 = ForkRunInputType0.from_dict(data)

                return input_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ForkRunInputType0 | None | Unset, data)

        input_ = _parse_input_(d.pop("input", UNSET))

        _overrides = d.pop("overrides", UNSET)
        overrides: ForkRunOverrides | Unset
        if isinstance(_overrides, Unset):
            overrides = UNSET
        else:
            overrides = ForkRunOverrides.from_dict(_overrides)

        _budget = d.pop("budget", UNSET)
        budget: Budget | Unset
        if isinstance(_budget, Unset):
            budget = UNSET
        else:
            budget = Budget.from_dict(_budget)

        start = d.pop("start", UNSET)

        fork_run = cls(
            from_=from_,
            turn=turn,
            input_=input_,
            overrides=overrides,
            budget=budget,
            start=start,
        )

        return fork_run
