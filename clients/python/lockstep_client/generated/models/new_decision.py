from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.decision import Decision
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.new_decision_data_type_0 import NewDecisionDataType0


T = TypeVar("T", bound="NewDecision")


@_attrs_define
class NewDecision:
    """What somebody says to a request; `data` is asked for by the request's form, and by nothing else.

    Attributes:
        decision (Decision): What a person says to a request.
        comment (None | str | Unset):
        data (NewDecisionDataType0 | None | Unset):
    """

    decision: Decision
    comment: None | str | Unset = UNSET
    data: NewDecisionDataType0 | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.new_decision_data_type_0 import NewDecisionDataType0  # noqa: PLC0415

        decision = self.decision.value

        comment: None | str | Unset
        if isinstance(self.comment, Unset):
            comment = UNSET
        else:
            comment = self.comment

        data: dict[str, Any] | None | Unset
        if isinstance(self.data, Unset):
            data = UNSET
        elif isinstance(self.data, NewDecisionDataType0):
            data = self.data.to_dict()
        else:
            data = self.data

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "decision": decision,
            }
        )
        if comment is not UNSET:
            field_dict["comment"] = comment
        if data is not UNSET:
            field_dict["data"] = data

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.new_decision_data_type_0 import NewDecisionDataType0  # noqa: PLC0415

        d = dict(src_dict)
        decision = Decision(d.pop("decision"))

        def _parse_comment(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        comment = _parse_comment(d.pop("comment", UNSET))

        def _parse_data(data: object) -> NewDecisionDataType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                data_type_0 = NewDecisionDataType0.from_dict(data)

                return data_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NewDecisionDataType0 | None | Unset, data)

        data = _parse_data(d.pop("data", UNSET))

        new_decision = cls(
            decision=decision,
            comment=comment,
            data=data,
        )

        return new_decision
