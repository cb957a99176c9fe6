from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="WorstCaseView")


@_attrs_define
class WorstCaseView:
    """The most that a run can take by the definition alone; null where only an estimate can tell, or nobody.

    Attributes:
        turns (int | None): calls of models; null where a step runs another task
        events (int): of the fullest execution's history, of the 25,000 that one may have
        seconds (int): of the run's clock
        wait_seconds (int): for which the clock may stand meanwhile, as people or runs below are waited for
        tokens (int | None): of models, by the budget; null without one
        cost_usd (None | str): of models, by the budget; null without one
    """

    turns: int | None
    events: int
    seconds: int
    wait_seconds: int
    tokens: int | None
    cost_usd: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        turns: int | None
        turns = self.turns

        events = self.events

        seconds = self.seconds

        wait_seconds = self.wait_seconds

        tokens: int | None
        tokens = self.tokens

        cost_usd: None | str
        cost_usd = self.cost_usd

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "turns": turns,
                "events": events,
                "seconds": seconds,
                "wait_seconds": wait_seconds,
                "tokens": tokens,
                "cost_usd": cost_usd,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_turns(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        turns = _parse_turns(d.pop("turns"))

        events = d.pop("events")

        seconds = d.pop("seconds")

        wait_seconds = d.pop("wait_seconds")

        def _parse_tokens(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        tokens = _parse_tokens(d.pop("tokens"))

        def _parse_cost_usd(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        cost_usd = _parse_cost_usd(d.pop("cost_usd"))

        worst_case_view = cls(
            turns=turns,
            events=events,
            seconds=seconds,
            wait_seconds=wait_seconds,
            tokens=tokens,
            cost_usd=cost_usd,
        )

        worst_case_view.additional_properties = d
        return worst_case_view

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
